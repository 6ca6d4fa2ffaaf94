// The UARTs: what one sends the other hears, as if two wires crossed their pins over.

const SENT = 1 << 5;
// A start bit, eight of data, a stop bit.
const BITS = 10;

export function connectUarts(mcu) {
  const [one, other] = mcu.uart;
  connect(mcu, one, other);
  connect(mcu, other, one);
}

function connect(mcu, from, to) {
  // rp2040js asks for bytes to send again whenever it is told that there are none: a storm. The
  // chip asks once, when the last one has left the queue.
  from.checkInterrupts = () => {
    mcu.setInterrupt(from.irq, (from.interruptStatus & from.interruptMask) !== 0);
  };
  const line = [];
  const next = () => alarm.schedule((BITS * 1e9) / from.baudRate);
  const alarm = mcu.clock.createAlarm(() => {
    const byte = line.shift();
    if (to.enabled && to.rxEnabled) to.feedByte(byte);
    if (line.length) next();
  });
  from.onByte = (byte) => {
    line.push(byte);
    if (line.length === 1) next();
    from.interruptStatus |= SENT;
    from.checkInterrupts();
  };
}

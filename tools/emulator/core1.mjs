// The second core, of which there is only what a soft reset asks for.
import { Crash } from './stops.mjs';

const FIFO_ST = 0x50;
const FIFO_WR = 0x54;
const FIFO_RD = 0x58;
const VALID = 1;
const READY = 2;
const FRCE_OFF = 0x4;
const PROC1 = 1 << 16;

/** Core 1 in its reset: out of it, it pushes a 0 into the FIFO between the cores. */
export function addCore1(mcu) {
  const { sio } = mcu;
  const fifo = [];
  const read = sio.readUint32.bind(sio);
  const write = sio.writeUint32.bind(sio);
  sio.readUint32 = (offset) => {
    if (offset === FIFO_ST) return READY | (fifo.length ? VALID : 0);
    return offset === FIFO_RD ? fifo.shift() ?? 0 : read(offset);
  };
  sio.writeUint32 = (offset, value) => {
    if (offset === FIFO_WR) {
      throw new Crash('the program starts the second core, which is not emulated');
    }
    if (offset !== FIFO_ST) write(offset, value);
  };
  onReset(mcu.peripherals[0x40010], () => fifo.push(0));
}

function onReset(psm, wake) {
  const write = psm.writeUint32.bind(psm);
  let held = 0;
  psm.writeUint32 = (offset, value) => {
    write(offset, value);
    if (offset !== FRCE_OFF) return;
    if (held && !(value & PROC1)) wake();
    held = value & PROC1;
  };
}

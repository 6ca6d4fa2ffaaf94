// The USB serial: the host's end of the cable.

// A full-speed bulk packet of 64 bytes takes about 50 us.
const PACKET_MICROS = 50;
const PACKET_BYTES = 64;

/** Bytes to and from the chip, through its USB controller. */
export class Serial {
  /** @param chip its `attention` is raised when bytes came */
  constructor(lib, chip, mcu) {
    this.chip = chip;
    this.usb = mcu.usbCtrl;
    this.connected = false;
    this.waiting = [];
    this.armed = null;
    this.onData = () => {};
    this.cdc = new lib.USBCDC(mcu.usbCtrl);
    this.cdc.onDeviceConnected = () => {
      this.connected = true;
      chip.attention = true;
    };
    this.cdc.onSerialData = (bytes) => {
      this.onData(bytes);
      chip.attention = true;
    };
    // rp2040js would answer with empty packets, one every 10 us: an interrupt storm. A host
    // without data answers nothing (NAK).
    mcu.usbCtrl.onEndpointRead = (endpoint, size) => {
      if (endpoint !== this.cdc.outEndpoint) return;
      this.armed = { endpoint, size };
      this.#feed();
    };
  }

  send(bytes) {
    for (const byte of Buffer.from(bytes)) this.waiting.push(byte);
    this.#feed();
  }

  #feed() {
    if (!this.armed || !this.waiting.length) return;
    const { endpoint, size } = this.armed;
    this.armed = null;
    const packet = this.waiting.splice(0, Math.min(size, PACKET_BYTES));
    this.usb.endpointReadDone(endpoint, Uint8Array.from(packet), PACKET_MICROS);
  }
}

// What a program printed and the chip, which crashed or loops, does not send any more.
//
// TinyUSB keeps it in RAM, in the second of a CDC interface's two FIFOs. A FIFO is its buffer's
// address, its depth, the size of an item, and two indices that run to twice the depth; the
// buffers follow each other, and that is how the pair is found (tusb_fifo.h, cdc_device.c).

const RAM = 0x20000000;
const DEPTHS = [64, 128, 256, 512];
// Bytes of a FIFO without its two mutexes, and with them.
const SIZES = [12, 20];
const ITEM = 0x7fff;

/** @param {Uint8Array} ram all of it; the bytes that wait to be sent, none if nothing is found */
export function unsent(ram) {
  const view = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
  for (let at = 0; at + 32 <= ram.length; at += 4) {
    const size = SIZES.find((s) => at + 2 * s <= ram.length && pair(view, at, s));
    if (size) return waiting(view, at + size, ram);
  }
  return new Uint8Array(0);
}

function pair(view, at, size) {
  const depth = view.getUint16(at + 4, true);
  return (
    DEPTHS.includes(depth) &&
    [at, at + size].every((a) => view.getUint16(a + 4, true) === depth && ofBytes(view, a)) &&
    view.getUint32(at + size, true) === view.getUint32(at, true) + depth &&
    view.getUint32(at, true) >= RAM &&
    view.getUint32(at, true) - RAM + 2 * depth <= view.byteLength
  );
}

function ofBytes(view, at) {
  return (view.getUint16(at + 6, true) & ITEM) === 1;
}

function waiting(view, at, ram) {
  const start = view.getUint32(at, true) - RAM;
  const depth = view.getUint16(at + 4, true);
  const write = view.getUint16(at + 8, true);
  const read = view.getUint16(at + 10, true);
  const count = Math.min((write - read + 2 * depth) % (2 * depth), depth);
  return Uint8Array.from({ length: count }, (_, i) => ram[start + ((read + i) % depth)]);
}

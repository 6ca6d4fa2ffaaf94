import assert from 'node:assert';
import { test } from 'node:test';
import { unsent } from '../../tools/emulator/unsent.mjs';

const BASE = 0x20000000;

// RAM with a CDC interface at `at`: two FIFOs of `depth` bytes, and their buffers behind them.
function memory({ at = 0x120, depth = 256, size = 20, read = 0, text = '' }) {
  const ram = new Uint8Array(0x2000).fill(0xa5);
  const view = new DataView(ram.buffer);
  const buffers = at + 2 * size;
  for (const k of [0, 1]) {
    view.setUint32(at + k * size, BASE + buffers + k * depth, true);
    view.setUint16(at + k * size + 4, depth, true);
    view.setUint16(at + k * size + 6, k ? 0x8001 : 1, true);
    view.setUint16(at + k * size + 8, k ? (read + text.length) % (2 * depth) : 0, true);
    view.setUint16(at + k * size + 10, k ? read : 0, true);
  }
  Buffer.from(text).forEach((c, i) => {
    ram[buffers + depth + ((read + i) % depth)] = c;
  });
  return ram;
}

const said = (ram) => Buffer.from(unsent(ram)).toString();

test('what waits in the FIFO is found, with mutexes and without', () => {
  const text = 'before\r\n';
  for (const size of [12, 20]) assert.equal(said(memory({ size, text })), text);
});

test('text that goes round the end of the buffer is in order', () => {
  for (const read of [250, 300, 509]) {
    assert.equal(said(memory({ read, text: 'round the corner' })), 'round the corner');
  }
});

test('an empty FIFO and memory without one leave nothing', () => {
  assert.equal(said(memory({})), '');
  assert.equal(said(new Uint8Array(0x2000)), '');
  assert.equal(said(new Uint8Array(0x2000).fill(0xff)), '');
});

test('a full FIFO is given once', () => {
  assert.equal(said(memory({ read: 7, text: 'x'.repeat(256) })), 'x'.repeat(256));
});

test('a FIFO without its neighbour is none', () => {
  const ram = memory({ text: 'never' });
  new DataView(ram.buffer).setUint16(0x120 + 4, 255, true);
  assert.equal(said(ram), '');
});

// The UARTs, wired to each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOP, makeChip, setClock } from './rig.mjs';

const BASES = [0x40034000, 0x40038000];
const [DATA, FLAGS, WHOLE, PART, LINE, CONTROL, MASK, STATUS, CLEAR] = [
  0x0, 0x18, 0x24, 0x28, 0x2c, 0x30, 0x38, 0x3c, 0x44,
];
const [RECEIVED, SENT] = [1 << 4, 1 << 5];
const EMPTY = 1 << 4;
const ON = 0x301;
// 125 MHz / 16 / 31,250.
const MIDI = 250;
const BYTE_MICROS = 320;

function makePair() {
  const chip = makeChip([LOOP]);
  setClock(chip);
  chip.mcu.clocks.writeUint32(0x48, 1 << 11);
  for (const base of BASES) {
    chip.mcu.writeUint32(base + WHOLE, MIDI);
    chip.mcu.writeUint32(base + PART, 0);
    chip.mcu.writeUint32(base + LINE, 0x70);
    chip.mcu.writeUint32(base + CONTROL, ON);
  }
  return chip;
}

const pass = (chip, micros) => chip.run(() => false, micros * 1e-6);
const status = (chip, uart) => chip.mcu.readUint32(BASES[uart] + STATUS);

/** The bytes that a UART has received, by reading them. */
function received(chip, uart) {
  const bytes = [];
  while (!(chip.mcu.readUint32(BASES[uart] + FLAGS) & EMPTY)) {
    bytes.push(chip.mcu.readUint32(BASES[uart] + DATA));
  }
  return bytes;
}

for (const [from, to] of [[0, 1], [1, 0]]) {
  test(`what UART ${from} sends comes to UART ${to}, a byte after the other`, () => {
    const chip = makePair();
    for (const byte of [0x90, 60, 64]) chip.mcu.writeUint32(BASES[from] + DATA, byte);
    pass(chip, BYTE_MICROS - 2);
    assert.deepEqual(received(chip, to), []);
    pass(chip, 4);
    assert.equal(status(chip, to) & RECEIVED, RECEIVED);
    assert.deepEqual(received(chip, to), [0x90]);
    assert.equal(status(chip, to) & RECEIVED, 0);
    pass(chip, 2 * BYTE_MICROS);
    assert.deepEqual(received(chip, to), [60, 64]);
    pass(chip, 4 * BYTE_MICROS);
    assert.deepEqual(received(chip, to), []);
    assert.deepEqual(received(chip, from), []);
  });
}

test('a UART without anything to send asks for nothing', () => {
  const chip = makePair();
  chip.mcu.writeUint32(BASES[0] + MASK, SENT | RECEIVED);
  assert.equal(status(chip, 0), 0);
  chip.mcu.writeUint32(BASES[0] + DATA, 1);
  assert.equal(status(chip, 0), SENT);
  chip.mcu.writeUint32(BASES[0] + CLEAR, SENT);
  assert.equal(status(chip, 0), 0);
});

test('a UART that is off hears nothing', () => {
  const chip = makePair();
  chip.mcu.writeUint32(BASES[1] + CONTROL, 0);
  chip.mcu.writeUint32(BASES[0] + DATA, 1);
  pass(chip, 2 * BYTE_MICROS);
  assert.deepEqual(received(chip, 1), []);
});

// I2S from a state machine that the DMA feeds, recorded off the pins of the chip.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Recorder } from '../../tools/emulator/sound.mjs';
import { RAM, WFI, makeChip, pioAsm, setClock } from './rig.mjs';

const { pioJMP, pioOUT, pioSET } = pioAsm;
const { PIO_COND_XDEC: X_DEC, PIO_DEST_PINS: PINS, PIO_DEST_X: X } = pioAsm;
const PINOUT = { sck: 16, ws: 17, sd: 18 };
const HIGH = 1;
const DATA = 0x1000;
const TXF0 = 0x50200010;
// Enabled, words, the read address counts up, paced by the FIFO of machine 0.
const DMA_CTRL = 0b1 | (2 << 2) | (1 << 4);
// Two side-set pins from SCK on, one OUT pin; a pull each 32 bits, the highest bit first.
const PINCTRL = (2 << 29) | (1 << 20) | (PINOUT.sck << 10) | PINOUT.sd;
const SHIFTCTRL = (1 << 30) | (1 << 17);
const EXECCTRL = 7 << 12;

/** WS and SCK beside each instruction, as two bits. */
const side = (levels, op) => op | (levels << 11);

/** A program that sends left and right words of so many bits. */
function sender(bits) {
  return [
    side(0b01, pioSET(X, bits - 2)),
    side(0b00, pioOUT(PINS, 1)),
    side(0b01, pioJMP(X_DEC, 1)),
    side(0b10, pioOUT(PINS, 1)),
    side(0b11, pioSET(X, bits - 2)),
    side(0b10, pioOUT(PINS, 1)),
    side(0b11, pioJMP(X_DEC, 5)),
    side(0b00, pioOUT(PINS, 1)),
  ];
}

/** Plays words from RAM at a clock divider; what the recorder made of the pins. */
function play(bits, words, divider, seconds) {
  const folder = fs.mkdtempSync(join(os.tmpdir(), 'aether-'));
  const chip = makeChip([WFI]);
  setClock(chip);
  const recorder = new Recorder(folder);
  recorder.listen(chip, PINOUT);
  const { mcu } = chip;
  words.forEach((word, i) => mcu.sramView.setUint32(DATA + 4 * i, word >>> 0, true));
  for (const pin of Object.values(PINOUT)) mcu.gpio[pin].ctrl = 6;
  const pio = mcu.pio[0];
  pio.pinDirections = 7 << PINOUT.sck;
  sender(bits).forEach((op, i) => pio.writeUint32(0x48 + 4 * i, op));
  [divider << 8, EXECCTRL, SHIFTCTRL].forEach((value, i) => pio.writeUint32(0xc8 + 4 * i, value));
  pio.writeUint32(0xdc, PINCTRL);
  const channel = [RAM + DATA, TXF0, words.length, DMA_CTRL];
  channel.forEach((value, i) => mcu.dma.writeUint32(4 * i, value));
  pio.writeUint32(0, 0x111);
  chip.run(() => false, seconds);
  const segments = recorder.cut().map((segment) => {
    const { buffer } = Uint8Array.from(fs.readFileSync(join(folder, segment.file)));
    return { ...segment, samples: bits === 16 ? new Int16Array(buffer) : new Int32Array(buffer) };
  });
  fs.rmSync(folder, { recursive: true });
  return segments;
}

test('16-bit stereo at 44.1 kHz is on the pins frame by frame', () => {
  // Left is the higher halfword; 125 MHz / 44.289 / 64 is 44,100 Hz.
  const words = Array.from({ length: 400 }, (_, i) => ((i + 1) << 16) | (-i & 0xffff));
  const [segment, ...others] = play(16, words, 44 * 256 + 74, 0.0095);
  assert.deepEqual(others, []);
  assert.deepEqual([segment.bits, segment.frames, segment.odd_words], [16, 399, 0]);
  assert.ok(Math.abs(segment.rate - 44100) < 1);
  const expected = words.slice(1).flatMap((_, i) => [i + 2, -i - 1]);
  assert.deepEqual([...segment.samples], expected);
});

test('32-bit stereo at 48 kHz is on the pins frame by frame', () => {
  const words = Array.from({ length: 200 }, (_, i) => (i % 2 ? -1 : 1) * (0x1000000 + i));
  const [segment, ...others] = play(32, words, Math.round((256 * 125e6) / (48000 * 128)), 0.0025);
  assert.deepEqual(others, []);
  assert.deepEqual([segment.bits, segment.frames, segment.odd_words], [32, 99, 0]);
  assert.ok(Math.abs(segment.rate - 48000) < 5);
  assert.deepEqual([...segment.samples], words.slice(2));
});

test('a sender that runs dry holds its clock, and what comes then is whole', () => {
  const chip = makeChip([WFI]);
  setClock(chip);
  const seen = [];
  chip.pio.watch(PINOUT.sck, (state) => state === HIGH && seen.push(chip.edgeNanos));
  const pio = chip.mcu.pio[0];
  for (const pin of Object.values(PINOUT)) chip.mcu.gpio[pin].ctrl = 6;
  pio.pinDirections = 7 << PINOUT.sck;
  sender(16).forEach((op, i) => pio.writeUint32(0x48 + 4 * i, op));
  [4 << 16, EXECCTRL, SHIFTCTRL].forEach((value, i) => pio.writeUint32(0xc8 + 4 * i, value));
  pio.writeUint32(0xdc, PINCTRL);
  pio.writeUint32(0x10, 0x12345678);
  pio.writeUint32(0, 0x111);
  chip.run(() => false, 0.001);
  // One rising edge at the start, and one for each bit.
  assert.equal(seen.length, 33);
  pio.writeUint32(0x10, 0x12345678);
  chip.run(() => false, 0.001);
  assert.equal(seen.length, 65);
  assert.ok(seen[32] < 0.0001e9 && seen[33] > 0.001e9);
});

// The USB serial from the host's end: packets of the right size, and none without data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOP, makeChip, setClock } from './rig.mjs';

const ENDPOINT = 2;
const BUFFER = 0x180;
const OUT_DONE = 1 << (2 * ENDPOINT + 1);
// In the controller's memory: the endpoint's control register, and that of its OUT buffer.
const CONTROL = 0x8 + 8 * (ENDPOINT - 1) + 4;
const BUFFER_CONTROL = 0x84 + 8 * ENDPOINT;
const AVAILABLE = 1 << 10;
const LENGTH = 0x3ff;

/** A chip whose firmware has set up the serial's endpoint for data from the host. */
function makeDevice() {
  const chip = makeChip([LOOP]);
  setClock(chip);
  chip.serial.cdc.outEndpoint = ENDPOINT;
  chip.mcu.writeUint32(0x50100000 + CONTROL, BUFFER);
  return chip;
}

/** The firmware asks for a packet of at most so many bytes. */
function arm(chip, size = 64) {
  chip.mcu.usbCtrl.writeUint32Atomic(0x58, OUT_DONE, 0);
  chip.mcu.writeUint32(0x50100000 + BUFFER_CONTROL, AVAILABLE | size);
}

/** The packet that came within so many microseconds, or null. */
function packet(chip, micros) {
  chip.run(() => false, micros * 1e-6);
  if (!(chip.mcu.usbCtrl.buffStatus & OUT_DONE)) return null;
  const size = chip.mcu.usbDPRAMView.getUint32(BUFFER_CONTROL, true) & LENGTH;
  return [...chip.mcu.usbDPRAM.subarray(BUFFER, BUFFER + size)];
}

test('a host without data does not answer', () => {
  const chip = makeDevice();
  arm(chip);
  assert.equal(packet(chip, 10_000), null);
  assert.equal(chip.mcu.usbCtrl.intRaw, 0);
});

test('bytes that wait go out in packets of 64, each after 50 us', () => {
  const chip = makeDevice();
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  chip.serial.send(bytes);
  arm(chip);
  assert.equal(packet(chip, 49), null);
  assert.deepEqual(packet(chip, 2), [...bytes.subarray(0, 64)]);
  assert.deepEqual(packet(chip, 1000).length, 64);
  arm(chip);
  assert.deepEqual(packet(chip, 51), [...bytes.subarray(64)]);
  arm(chip);
  assert.equal(packet(chip, 1000), null);
});

test('what the firmware asked for before there was any comes when it is sent', () => {
  const chip = makeDevice();
  arm(chip);
  assert.equal(packet(chip, 1000), null);
  chip.serial.send('hi');
  assert.deepEqual(packet(chip, 51), [104, 105]);
});

test('no packet is larger than what was asked for', () => {
  const chip = makeDevice();
  chip.serial.send(new Uint8Array(30).fill(7));
  arm(chip, 8);
  assert.equal(packet(chip, 51).length, 8);
});

test('what the chip sends stops the run, so that the host sees it', () => {
  const chip = makeDevice();
  const seen = [];
  chip.serial.onData = (bytes) => seen.push(...bytes);
  chip.serial.cdc.inEndpoint = ENDPOINT;
  chip.mcu.usbCtrl.endpointWriteAlarms[ENDPOINT].schedule(Uint8Array.of(1, 2, 3), 10_000);
  assert.equal(chip.run(() => seen.length === 3, 1), true);
  assert.ok(chip.seconds < 11e-6);
});

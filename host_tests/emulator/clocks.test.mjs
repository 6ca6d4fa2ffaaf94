// Cycles and nanoseconds, at whatever frequency clk_sys has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOP, WFI, makeChip, setClock } from './rig.mjs';

const TIMER = 0x40054;
const TIMERAWL = 0x28;
const never = () => false;

test('out of reset the ring oscillator runs the chip', () => {
  const chip = makeChip([WFI]);
  chip.run(never, 0.001);
  assert.equal(chip.time.frequency, 6.5e6);
  assert.equal(chip.cycles, 6500);
});

test('time goes on from where it was when the frequency changes', () => {
  const chip = makeChip([WFI]);
  chip.run(never, 0.001);
  setClock(chip);
  assert.equal(chip.time.frequency, 125e6);
  chip.run(never, 0.001);
  assert.equal(chip.cycles, 6500 + 125_000);
  assert.equal(chip.seconds, 0.002);
  setClock(chip, 125, 6, 1);
  chip.run(never, 0.001);
  assert.equal(chip.cycles, 6500 + 125_000 + 250_000);
  assert.equal(chip.mcu.peripherals[TIMER].readUint32(TIMERAWL), 3000);
});

test('a frequency whose cycle is no whole number of nanoseconds does not drift', () => {
  const chip = makeChip([WFI]);
  setClock(chip, 133, 6, 2);
  for (let i = 0; i < 3000; i++) chip.run(never, 0.001);
  assert.equal(chip.time.frequency, 133e6);
  assert.ok(Math.abs(chip.seconds - 3) < 1e-6);
  assert.equal(chip.cycles, Math.round(chip.seconds * 133e6));
});

test('an alarm goes off at the first cycle that is not before it', () => {
  const chip = makeChip([WFI]);
  setClock(chip);
  const seen = [];
  const alarm = chip.mcu.clock.createAlarm(() => seen.push(chip.cycles));
  alarm.schedule(10_001);
  chip.run(never, 0.001);
  assert.deepEqual(seen, [1251]);
});

test('the alarm that is set for sooner comes first', () => {
  const chip = makeChip([WFI]);
  setClock(chip);
  const seen = [];
  const { clock } = chip.mcu;
  clock.createAlarm(() => seen.push(['late', chip.cycles])).schedule(8000);
  clock.createAlarm(() => seen.push(['soon', chip.cycles])).schedule(80);
  chip.run(never, 0.001);
  assert.deepEqual(seen, [['soon', 10], ['late', 1000]]);
});

test('a program that does not sleep is stopped at the same emulated second', () => {
  const chip = makeChip([LOOP]);
  setClock(chip);
  chip.mcu.core.PM = true;
  assert.equal(chip.run(never, 0.001), false);
  assert.equal(chip.cycles, 125_000);
  assert.equal(chip.idle, 0);
});

test('progress is told about every tenth of an emulated second', () => {
  const chip = makeChip([WFI]);
  const told = [];
  chip.onProgress = (seconds) => told.push(seconds.toFixed(3));
  chip.run(never, 0.35);
  assert.deepEqual(told, ['0.100', '0.200', '0.300']);
});

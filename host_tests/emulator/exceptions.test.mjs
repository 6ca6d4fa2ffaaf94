// Interrupts, events and sleep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BKPT, FLASH, SEV, WFE, WFI, asm, crashOf, makeChip, setHandler } from './rig.mjs';

const NOP = asm.opcodeNOP();
const RETURN = asm.opcodeBX(14);
const TIMER = 0x40054;
const ALARM0 = 0x10;
const INTE = 0x38;
// An interrupt without a device: it is no longer pending once it is taken.
const SPARE = 26;

/** Cycles of a program up to its breakpoint, and the interrupts taken; one is pending or not. */
function measure(program, pending) {
  const chip = makeChip([...program, BKPT]);
  setHandler(chip, 16 + SPARE, [RETURN]);
  const { core } = chip.mcu;
  core.enabledInterrupts = 1 << SPARE;
  core.setInterrupt(SPARE, pending);
  assert.match(crashOf(chip), /breakpoint/);
  return { cycles: chip.cycles, interrupts: chip.interrupts };
}

/** A chip at a program, with an alarm of the timer in so many microseconds. */
function withAlarm(program, micros) {
  const chip = makeChip(program);
  const timer = chip.mcu.peripherals[TIMER];
  timer.writeUint32(ALARM0, micros);
  timer.writeUint32(INTE, 1);
  chip.mcu.core.enabledInterrupts = 1;
  return chip;
}

test('an exception costs 15 cycles on the way in and 12 on the way back', () => {
  const without = measure([NOP, NOP], false);
  const taken = measure([NOP, NOP], true);
  assert.deepEqual(without, { cycles: 2, interrupts: 0 });
  assert.deepEqual(taken, { cycles: 2 + 15 + 2 + 12, interrupts: 1 });
});

test('WFE sleeps, and not when there was an event', () => {
  const asleep = makeChip([WFE, BKPT]);
  assert.equal(crashOf(asleep, 0.001), null);
  assert.equal(asleep.idle, asleep.cycles - 2);
  const awake = makeChip([SEV, WFE, BKPT]);
  assert.match(crashOf(awake), /breakpoint/);
  assert.equal(awake.idle, 0);
});

test('an interrupt ends the sleep at its cycle, and its handler runs', () => {
  const chip = withAlarm([WFI, BKPT], 100);
  setHandler(chip, 16, [NOP, BKPT]);
  assert.equal(crashOf(chip), 'breakpoint at 0x20000802');
  // 100 us at the 6.5 MHz of the ring oscillator, the exception and the first instruction.
  assert.equal(chip.cycles, 650 + 15 + 1);
  assert.equal(chip.idle, 648);
});

test('a masked interrupt ends the sleep too, but stays pending', () => {
  const chip = withAlarm([WFI, BKPT], 100);
  chip.mcu.core.PM = true;
  assert.equal(crashOf(chip), `breakpoint at 0x${(FLASH + 2).toString(16)}`);
  assert.equal(chip.interrupts, 0);
  assert.equal(chip.mcu.core.pendingInterrupts, 1);
});

test('WFI does not sleep on a masked interrupt that is pending already', () => {
  const chip = makeChip([WFI, BKPT]);
  const { core } = chip.mcu;
  core.PM = true;
  core.enabledInterrupts = 1 << SPARE;
  core.setInterrupt(SPARE, true);
  assert.match(crashOf(chip), /breakpoint/);
  assert.equal(chip.idle, 0);
});

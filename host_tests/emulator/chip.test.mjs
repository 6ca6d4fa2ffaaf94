// The board around the core: its button, its counters, its resets, and that it repeats itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BKPT, LOOP, WFI, asm, crashOf, makeChip, setClock } from './rig.mjs';
import { Reset } from '../../tools/emulator/stops.mjs';

const LOAD = asm.opcodeLDRimm(0, 1, 0);
const STORE = asm.opcodeSTR(0, 1, 0);
const NOP = asm.opcodeNOP();
const GPIO_HI_IN = 0xd0000008;
const FLASH_SELECT = 1 << 1;
const COUNTERS = 0x400f0000;
const WATCHDOG = 0x40058000;
const TRIGGER = 0x80000000;
const REASON = 0x8;
const SCRATCH0 = 0xc;
const TIMERAWL = 0x40054028;

/** What a program loads into r0 from the address in r1. */
function load(address, options) {
  const chip = makeChip([NOP, LOAD, BKPT], options);
  chip.mcu.core.registers[1] = address;
  assert.match(crashOf(chip), /breakpoint/);
  return chip.mcu.core.registers[0];
}

test('BOOTSEL is not held, unless it is', () => {
  assert.equal(load(GPIO_HI_IN) & FLASH_SELECT, FLASH_SELECT);
  assert.equal(load(GPIO_HI_IN, { bootsel: true }) & FLASH_SELECT, 0);
});

test('a program reads its own cycles and instructions', () => {
  const before = makeChip([NOP]);
  before.cycles = 2 ** 33 + 5;
  before.idle = 7;
  before.core.instructions = 40;
  const read = (register) => load(COUNTERS + register, { before });
  assert.deepEqual([0, 4, 8, 12].map(read), [6, 2, 7, 41]);
});

test('a mark keeps tag, cycle and idle cycles', () => {
  const chip = makeChip([NOP, STORE, STORE, BKPT]);
  chip.mcu.core.registers.set([0xffffffff, COUNTERS]);
  assert.match(crashOf(chip), /breakpoint/);
  assert.deepEqual(chip.marks, [[0xffffffff, 1, 0], [0xffffffff, 6, 0]]);
});

/** A chip whose program triggers the watchdog, and where it ended. */
function resetChip() {
  const chip = makeChip([STORE, LOOP]);
  setClock(chip);
  const watchdog = chip.mcu.peripherals[WATCHDOG >>> 14 << 2];
  watchdog.writeUint32(SCRATCH0, 0x1234);
  chip.run(() => false, 0);
  chip.mcu.core.registers.set([TRIGGER, WATCHDOG]);
  assert.throws(() => chip.run(() => false, 1), Reset);
  return chip;
}

test('after a reset counters and flash go on, and the watchdog remembers', () => {
  const before = resetChip();
  before.mcu.flash[0x1000] = 0x5a;
  before.run(() => false, 0.01);
  const chip = makeChip([], { flash: before.mcu.flash, before });
  assert.deepEqual([chip.cycles, chip.seconds], [before.cycles, before.seconds]);
  assert.deepEqual([chip.instructions, chip.interrupts], [before.instructions, 0]);
  assert.equal(chip.mcu.flash[0x1000], 0x5a);
  const watchdog = chip.mcu.peripherals[WATCHDOG >>> 14 << 2];
  assert.equal(watchdog.readUint32(REASON), 2);
  assert.equal(watchdog.readUint32(SCRATCH0), 0x1234);
});

test("after a reset the program's time begins anew, and ours goes on", () => {
  const before = makeChip([WFI]);
  before.run(() => false, 0.5);
  const chip = makeChip([WFI], { before });
  const told = [];
  chip.onProgress = (seconds) => told.push(seconds.toFixed(1));
  chip.run(() => false, 0.25);
  assert.equal(chip.seconds, 0.75);
  assert.equal(chip.mcu.readUint32(TIMERAWL), 250_000);
  assert.deepEqual(told, ['0.5', '0.6', '0.7']);
});

test('two runs of one program take the same cycles', () => {
  const run = () => {
    const chip = makeChip([NOP, asm.opcodeADDS2(0, 1), 0xe7fc]);
    setClock(chip, 133, 6, 2);
    chip.run(() => false, 0.02);
    const { cycles, idle, instructions, nanos } = chip;
    return { cycles, idle, instructions, nanos, r0: chip.mcu.core.registers[0] };
  };
  assert.deepEqual(run(), run());
});

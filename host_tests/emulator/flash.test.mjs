// The boot ROM's functions for the flash, called by a program.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BKPT, ERASE, FLASH, PROGRAM, RAM, USB_BOOT, asm, crashOf, makeChip, pioAsm, setClock,
} from './rig.mjs';

const CALL = asm.opcodeBLX(4);
const PLACE = 0x10000;

/** Runs a program that calls a function of the ROM with its arguments, and then stops. */
function call(address, ...args) {
  const chip = makeChip([CALL, BKPT]);
  setClock(chip);
  chip.mcu.core.registers.set([...args, 0, 0, 0].slice(0, 4));
  chip.mcu.core.registers[4] = address | 1;
  chip.mcu.flash.fill(0x5a, PLACE - 1, PLACE + 0x3000);
  return chip;
}

test('an erase sets the bytes of its sectors, and no others', () => {
  const chip = call(ERASE, PLACE, 0x2000);
  assert.equal(crashOf(chip, 1), 'breakpoint at 0x10000002');
  const { flash } = chip.mcu;
  assert.ok(flash.subarray(PLACE, PLACE + 0x2000).every((byte) => byte === 0xff));
  assert.deepEqual([flash[PLACE - 1], flash[PLACE + 0x2000]], [0x5a, 0x5a]);
  assert.deepEqual([chip.flash.erases, chip.flash.pages], [2, 0]);
});

test('programming clears bits, and sets none', () => {
  const chip = call(PROGRAM, PLACE, RAM, 256);
  chip.mcu.sram.fill(0x0f, 0, 256);
  assert.match(crashOf(chip, 1), /breakpoint/);
  const { flash } = chip.mcu;
  assert.ok(flash.subarray(PLACE, PLACE + 256).every((byte) => byte === 0x0a));
  assert.equal(flash[PLACE + 256], 0x5a);
  assert.deepEqual([chip.flash.erases, chip.flash.pages], [0, 1]);
});

const TIMES = [[ERASE, 4096, 45], [ERASE, 8192, 90], [PROGRAM, 512, 0.8]];
for (const [address, size, millis] of TIMES) {
  test(`${address === ERASE ? 'erasing' : 'programming'} ${size} bytes takes ${millis} ms`, () => {
    const chip = call(address, PLACE, address === ERASE ? size : RAM, size);
    const start = chip.nanos;
    assert.match(crashOf(chip, 1), /breakpoint/);
    assert.ok(Math.abs(chip.nanos - start - millis * 1e6) < 100);
    assert.equal(chip.instructions, 2);
    assert.equal(chip.idle, 0);
  });
}

test('state machines go on while the core waits for the flash', () => {
  const chip = call(ERASE, PLACE, 4096);
  const pio = chip.mcu.pio[0];
  pio.writeUint32(0x48, pioAsm.pioJMP(0, 0));
  pio.writeUint32(0xc8, 1 << 16);
  let steps = 0;
  const { step } = pio.machines[0];
  pio.machines[0].step = () => {
    steps++;
    step.call(pio.machines[0]);
  };
  pio.writeUint32(0, 1);
  assert.match(crashOf(chip, 1), /breakpoint/);
  assert.ok(steps > 5_600_000);
});

test('a breakpoint of the program itself is none of these functions', () => {
  const chip = makeChip([BKPT | 0xe1]);
  assert.equal(crashOf(chip), 'breakpoint at 0x10000000');
  assert.equal(chip.flash.erases, 0);
});

test('the USB boot loader is a crash line', () => {
  const chip = call(USB_BOOT);
  assert.equal(crashOf(chip), 'the program calls the USB boot loader, which is not emulated');
});

test('the flash is read at each of its four places', () => {
  const chip = makeChip([asm.opcodeLDRimm(0, 1, 0), BKPT]);
  for (const place of [0, 0x1000000, 0x2000000, 0x3000000]) {
    chip.mcu.core.PC = FLASH;
    chip.mcu.core.registers[1] = FLASH + place;
    assert.match(crashOf(chip), /breakpoint/);
    assert.equal(chip.mcu.core.registers[0], ((BKPT << 16) | asm.opcodeLDRimm(0, 1, 0)) >>> 0);
  }
});

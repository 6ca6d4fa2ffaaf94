// What ends a program: one line that says what it did, and where.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BKPT, FLASH, LOOP, RAM, asm, crashOf, makeChip } from './rig.mjs';

const { opcodeLDRimm, opcodeLDRH, opcodeLDRB, opcodeSTR, opcodeSTRH, opcodeSTRB } = asm;
// By their size: between r0 and what r1 points to.
const LOAD = { 4: opcodeLDRimm(0, 1, 0), 2: opcodeLDRH(0, 1, 0), 1: opcodeLDRB(0, 1, 0) };
const STORE = { 4: opcodeSTR(0, 1, 0), 2: opcodeSTRH(0, 1, 0), 1: opcodeSTRB(0, 1, 0) };
const FIFO_ST = 0xd0000050;
const FIFO_WR = 0xd0000054;
const PSM_OFF = 0x40010004;
const PROC1 = 1 << 16;

/** The line that a program ends with whose r1 is an address. */
function lineOf(program, address, r0 = 0) {
  const chip = makeChip([...program, BKPT]);
  chip.mcu.core.registers.set([r0, address]);
  return crashOf(chip);
}

test('an address that is no multiple of the size is told', () => {
  const line = 'HardFault at 0x10000000: reads 0x20000001, which is no multiple of';
  assert.equal(lineOf([LOAD[4]], RAM + 1), `${line} 4`);
  assert.equal(lineOf([LOAD[2]], RAM + 1), `${line} 2`);
  assert.match(lineOf([LOAD[1]], RAM + 1), /breakpoint/);
  assert.match(lineOf([STORE[2]], RAM + 3), /writes 0x20000003, which is no multiple of 2/);
});

for (const address of [0x4000, 0x14004000, 0x20042000, 0x30000000, 0x40070000, 0x60000000,
  0xd0001000, 0xe0000000, 0xfffffffc]) {
  test(`nothing is at ${address.toString(16)}`, () => {
    for (const size of [4, 2, 1]) {
      const where = `0x${address.toString(16).padStart(8, '0')}, where there is nothing`;
      assert.equal(lineOf([LOAD[size]], address), `HardFault at 0x10000000: reads ${where}`);
      assert.equal(lineOf([STORE[size]], address), `HardFault at 0x10000000: writes ${where}`);
    }
  });
}

test('the flash cannot be stored to, and the ROM takes no notice', () => {
  for (const size of [4, 2, 1]) {
    assert.match(lineOf([STORE[size]], FLASH + 0x100), /writes 0x10000100, which is flash$/);
    const chip = makeChip([STORE[size], BKPT]);
    const before = chip.mcu.bootrom[0];
    chip.mcu.core.registers.set([0x12345678, 0]);
    assert.match(crashOf(chip), /breakpoint/);
    assert.equal(chip.mcu.bootrom[0], before);
  }
});

test('an undefined instruction is told, whichever way it is encoded', () => {
  for (const op of [asm.opcodeUDF(1), 0xe800e800, 0xffffffff, 0xb100]) {
    assert.equal(crashOf(makeChip([op])), 'HardFault at 0x10000000: undefined instruction');
  }
});

test('a jump to where there is no code is told, and one without the Thumb bit', () => {
  const bx = asm.opcodeBX(1);
  assert.equal(lineOf([bx], 0x30000001), 'HardFault at 0x30000000: there is no code');
  assert.equal(lineOf([bx], 0x40000001), 'HardFault at 0x40000000: there is no code');
  assert.match(lineOf([bx], 0), /branches to 0x00000000, which is no Thumb code$/);
  assert.match(lineOf([asm.opcodeBLX(1)], RAM), /branches to 0x20000000, which is no Thumb code/);
});

test('RAM full of zeros is run to its end, and no further', () => {
  const line = lineOf([asm.opcodeBX(1)], RAM + 0x40001);
  assert.equal(line, 'HardFault at 0x20042000: there is no code');
});

test('an error within rp2040js is a line with the place', () => {
  const chip = makeChip([LOAD[4], BKPT]);
  chip.mcu.core.registers[1] = 0x40054000;
  chip.mcu.peripherals[0x40054].readUint32 = () => null.nothing;
  assert.match(crashOf(chip), /^the emulator failed at 0x10000000: .*null/);
});

test('an endless loop with interrupts masked ends with the time it is given', () => {
  const chip = makeChip([LOOP]);
  chip.mcu.core.PM = true;
  assert.equal(crashOf(chip, 0.01), null);
  assert.ok(Math.abs(chip.seconds - 0.01) < 1e-6);
});

test('what was on its way over USB when the core crashed still arrives', () => {
  const chip = makeChip([BKPT]);
  const sent = [];
  chip.serial.onData = (bytes) => sent.push(...bytes);
  chip.serial.cdc.inEndpoint = 2;
  chip.mcu.usbCtrl.endpointWriteAlarms[2].schedule(Uint8Array.of(72, 105), 10_000);
  assert.match(crashOf(chip), /breakpoint/);
  assert.deepEqual(sent, []);
  chip.drain();
  assert.deepEqual(sent, [72, 105]);
});

test('a start of the second core is told', () => {
  const line = lineOf([STORE[4]], FIFO_WR);
  assert.equal(line, 'the program starts the second core, which is not emulated');
});

test('out of its reset the second core pushes a 0, as a soft reset awaits it', () => {
  const chip = makeChip([LOOP]);
  const { sio, peripherals } = chip.mcu;
  const psm = peripherals[PSM_OFF >>> 14 << 2];
  const valid = () => sio.readUint32(FIFO_ST & 0xfff) & 1;
  assert.equal(valid(), 0);
  psm.writeUint32(4, PROC1);
  assert.equal(valid(), 0);
  psm.writeUint32(4, 0);
  assert.equal(valid(), 1);
  assert.equal(sio.readUint32(0x58), 0);
  assert.equal(valid(), 0);
});

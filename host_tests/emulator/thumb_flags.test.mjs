// Flags as the architecture has them, where rp2040js has them wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RAM, asm, makeChip } from './rig.mjs';

const ADCS = asm.opcodeADCS(0, 1);
const SBCS = asm.opcodeSBCS(0, 1);
const LSLS = asm.opcodeLSLSreg(0, 1);
const LSRS = asm.opcodeLSRSreg(0, 1);
const ASRS = asm.opcodeASRSreg(0, 1);
const RORS = asm.opcodeROR(0, 1);

/** Runs one instruction on r0 and r1; what it leaves in r0, and C and V. */
function run(op, r0, r1, carry, overflow = false) {
  const { core, mcu } = makeChip();
  mcu.sramView.setUint16(0, op, true);
  mcu.core.registers.set([r0, r1]);
  Object.assign(mcu.core, { PC: RAM, C: carry, V: overflow });
  core.run(core.chip.cycles + 1);
  return { r0: mcu.core.registers[0], C: mcu.core.C, V: mcu.core.V };
}

test('ADC overflows by the carry that it adds', () => {
  assert.deepEqual(run(ADCS, 0x7fffffff, 0, true), { r0: 0x80000000, C: false, V: true });
  assert.deepEqual(run(ADCS, 0xffffffff, 0, true), { r0: 0, C: true, V: false });
  assert.deepEqual(run(ADCS, 0x80000000, 0xffffffff, true), { r0: 0x80000000, C: true, V: false });
});

test('SBC does not overflow by the borrow that it takes', () => {
  const equal = run(SBCS, 0x7fffffff, 0x7fffffff, false);
  assert.deepEqual(equal, { r0: 0xffffffff, C: false, V: false });
  assert.deepEqual(run(SBCS, 0x80000000, 0, false), { r0: 0x7fffffff, C: true, V: true });
});

for (const [name, op] of Object.entries({ LSLS, LSRS, ASRS, RORS })) {
  test(`${name} by a register that holds 0 leaves value and carry alone`, () => {
    for (const carry of [false, true]) {
      const { r0, C } = run(op, 0x80000001, 0x100, carry);
      assert.deepEqual([r0, C], [0x80000001, carry]);
    }
  });
}

test('a shift by 32 leaves its last bit in the carry, one by 33 does not', () => {
  assert.deepEqual(run(LSLS, 0x80000001, 32, false), { r0: 0, C: true, V: false });
  assert.deepEqual(run(LSLS, 0xffffffff, 33, true), { r0: 0, C: false, V: false });
  assert.deepEqual(run(LSRS, 0x80000001, 32, false), { r0: 0, C: true, V: false });
  assert.deepEqual(run(LSRS, 0xffffffff, 33, true), { r0: 0, C: false, V: false });
});

test('BLX LR goes where LR pointed before the call', () => {
  const { core, mcu } = makeChip();
  mcu.sramView.setUint16(0, asm.opcodeBLX(14), true);
  mcu.core.registers[14] = RAM + 0x101;
  mcu.core.PC = RAM;
  core.run(core.chip.cycles + 1);
  assert.equal(mcu.core.PC, RAM + 0x100);
  assert.equal(mcu.core.LR, RAM + 3);
});

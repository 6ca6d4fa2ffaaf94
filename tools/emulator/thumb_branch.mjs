// Thumb instructions that branch.
import { fault, hex } from './stops.mjs';
import { LR, PC, imm8, put } from './thumb.mjs';

const THUMB = 1;

/** To an address with the Thumb bit, or back from an exception. */
export function branchTo(core, address) {
  if (!(address & THUMB)) {
    throw fault(core.PC - 2, `branches to ${hex(address)}, which is no Thumb code`);
  }
  core.BXWritePC(address >>> 0);
}

export function addBranches(table, core, memory, rest) {
  const r = new Int32Array(core.registers.buffer);
  addConditions(table, core, r);
  put(table, 0b11100, 5, (op) => {
    r[PC] += ((op << 21) >> 20) + 2;
    return 2;
  });
  put(table, 0b010001110, 9, (op) => {
    branchTo(core, r[(op >> 3) & 15]);
    return 2;
  });
  put(table, 0b010001111, 9, (op) => {
    const target = r[(op >> 3) & 15];
    const link = r[PC] | THUMB;
    if (!(target & THUMB)) branchTo(core, target);
    r[LR] = link;
    r[PC] = target & ~THUMB;
    return 2;
  });
  addCall(table, r, memory, rest);
}

function addConditions(table, core, r) {
  const on = (code, holds) =>
    put(table, 0b11010000 | code, 8, (op) => {
      if (!holds()) return 1;
      r[PC] += ((imm8(op) << 24) >> 23) + 2;
      return 2;
    });
  on(0, () => core.Z);
  on(1, () => !core.Z);
  on(2, () => core.C);
  on(3, () => !core.C);
  on(4, () => core.N);
  on(5, () => !core.N);
  on(6, () => core.V);
  on(7, () => !core.V);
  on(8, () => core.C && !core.Z);
  on(9, () => !core.C || core.Z);
  on(10, () => core.N === core.V);
  on(11, () => core.N !== core.V);
  on(12, () => core.N === core.V && !core.Z);
  on(13, () => core.N !== core.V || core.Z);
}

// BL, whose offset is spread over two halfwords.
function addCall(table, r, memory, rest) {
  put(table, 0b11110, 5, (op) => {
    const second = memory.fetch(r[PC]);
    if ((second & 0xd000) !== 0xd000) return rest(op, second);
    const sign = (op >> 10) & 1;
    const first = 1 - (sign ^ ((second >> 13) & 1));
    const next = 1 - (sign ^ ((second >> 11) & 1));
    const top = (sign ? 0xff000000 : 0) | (first << 23) | (next << 22);
    r[LR] = (r[PC] + 2) | THUMB;
    r[PC] += 2 + (top | ((op & 0x3ff) << 12) | ((second & 0x7ff) << 1));
    return 3;
  });
}

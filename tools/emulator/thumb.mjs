// Thumb instructions: their fields, their flags, and how their handlers are kept.
//
// A handler takes the instruction and returns the cycles it took, those of rp2040js. While it
// runs, r15 is behind the instruction's first halfword: 2 below what the program reads there.

export const SP = 13;
export const LR = 14;
export const PC = 15;

/** Registers and immediates by their place in an instruction. */
export const low = (op) => op & 7;
export const middle = (op) => (op >> 3) & 7;
export const upper = (op) => (op >> 6) & 7;
export const top = (op) => (op >> 8) & 7;
export const imm5 = (op) => (op >> 6) & 31;
export const imm8 = (op) => op & 255;

/** N and Z of a result. */
export function setNZ(core, result) {
  core.N = result < 0;
  core.Z = result === 0;
  return result;
}

/** a + b with all flags; a signed integer of 32 bits, as all of these are. */
export function add(core, a, b) {
  const result = (a + b) | 0;
  core.C = result >>> 0 < a >>> 0;
  core.V = ((a ^ result) & (b ^ result)) < 0;
  return setNZ(core, result);
}

/** a - b with all flags. */
export function subtract(core, a, b) {
  const result = (a - b) | 0;
  core.C = a >>> 0 >= b >>> 0;
  core.V = ((a ^ b) & (a ^ result)) < 0;
  return setNZ(core, result);
}

/** a + b + C with all flags. */
export function addCarry(core, a, b) {
  const sum = (a >>> 0) + (b >>> 0) + (core.C ? 1 : 0);
  const result = sum | 0;
  core.C = sum > 0xffffffff;
  core.V = ((a ^ result) & (b ^ result)) < 0;
  return setNZ(core, result);
}

/** Puts a handler where an instruction has the given highest bits; the table is by ten. */
export function put(table, bits, count, handler) {
  const from = bits << (10 - count);
  table.fill(handler, from, from + (1 << (10 - count)));
}

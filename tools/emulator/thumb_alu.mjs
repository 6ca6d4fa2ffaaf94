// Thumb instructions that compute: shifts, sums, logic, moves.
import {
  PC, SP, add, addCarry, imm5, imm8, low, middle, put, setNZ, subtract, top, upper,
} from './thumb.mjs';

const ALU = 0b0100000000;

export function addAlu(table, core) {
  const r = new Int32Array(core.registers.buffer);
  addShifts(table, core, r);
  addSums(table, core, r);
  addAddresses(table, r);
  addLogic(table, core, r);
  addRegisterShifts(table, core, r);
  addHighRegisters(table, core, r);
  addExtensions(table, r);
}

/** A bit of a number, as a boolean. */
const bit = (value, at) => ((value >>> at) & 1) === 1;

function addShifts(table, core, r) {
  put(table, 0b00000, 5, (op) => {
    const a = r[middle(op)];
    const count = imm5(op);
    r[low(op)] = setNZ(core, a << count);
    if (count) core.C = bit(a, 32 - count);
    return 1;
  });
  // A right shift by 0 is one by 32.
  put(table, 0b00001, 5, (op) => {
    const a = r[middle(op)];
    const count = imm5(op);
    r[low(op)] = setNZ(core, count ? (a >>> count) | 0 : 0);
    core.C = bit(a, count ? count - 1 : 31);
    return 1;
  });
  put(table, 0b00010, 5, (op) => {
    const a = r[middle(op)];
    const count = imm5(op);
    r[low(op)] = setNZ(core, a >> (count || 31));
    core.C = bit(a, count ? count - 1 : 31);
    return 1;
  });
}

function addSums(table, core, r) {
  put(table, 0b0001100, 7, (op) => {
    r[low(op)] = add(core, r[middle(op)], r[upper(op)]);
    return 1;
  });
  put(table, 0b0001101, 7, (op) => {
    r[low(op)] = subtract(core, r[middle(op)], r[upper(op)]);
    return 1;
  });
  put(table, 0b0001110, 7, (op) => {
    r[low(op)] = add(core, r[middle(op)], upper(op));
    return 1;
  });
  put(table, 0b0001111, 7, (op) => {
    r[low(op)] = subtract(core, r[middle(op)], upper(op));
    return 1;
  });
  put(table, 0b00100, 5, (op) => {
    r[top(op)] = setNZ(core, imm8(op));
    return 1;
  });
  put(table, 0b00101, 5, (op) => {
    subtract(core, r[top(op)], imm8(op));
    return 1;
  });
  put(table, 0b00110, 5, (op) => {
    r[top(op)] = add(core, r[top(op)], imm8(op));
    return 1;
  });
  put(table, 0b00111, 5, (op) => {
    r[top(op)] = subtract(core, r[top(op)], imm8(op));
    return 1;
  });
}

// Sums with SP and PC, which leave the flags alone.
function addAddresses(table, r) {
  put(table, 0b101100000, 9, (op) => {
    r[SP] += (op & 127) << 2;
    return 1;
  });
  put(table, 0b101100001, 9, (op) => {
    r[SP] -= (op & 127) << 2;
    return 1;
  });
  put(table, 0b10100, 5, (op) => {
    r[top(op)] = ((r[PC] + 2) & ~3) + (imm8(op) << 2);
    return 1;
  });
  put(table, 0b10101, 5, (op) => {
    r[top(op)] = r[SP] + (imm8(op) << 2);
    return 1;
  });
}

function addLogic(table, core, r) {
  const alu = (code, handler) => put(table, ALU | code, 10, handler);
  alu(0, (op) => {
    r[low(op)] = setNZ(core, r[low(op)] & r[middle(op)]);
    return 1;
  });
  alu(1, (op) => {
    r[low(op)] = setNZ(core, r[low(op)] ^ r[middle(op)]);
    return 1;
  });
  alu(5, (op) => {
    r[low(op)] = addCarry(core, r[low(op)], r[middle(op)]);
    return 1;
  });
  alu(6, (op) => {
    r[low(op)] = addCarry(core, r[low(op)], ~r[middle(op)]);
    return 1;
  });
  alu(8, (op) => {
    setNZ(core, r[low(op)] & r[middle(op)]);
    return 1;
  });
  alu(9, (op) => {
    r[low(op)] = subtract(core, 0, r[middle(op)]);
    return 1;
  });
  alu(10, (op) => {
    subtract(core, r[low(op)], r[middle(op)]);
    return 1;
  });
  alu(11, (op) => {
    add(core, r[low(op)], r[middle(op)]);
    return 1;
  });
  alu(12, (op) => {
    r[low(op)] = setNZ(core, r[low(op)] | r[middle(op)]);
    return 1;
  });
  alu(13, (op) => {
    r[low(op)] = setNZ(core, Math.imul(r[low(op)], r[middle(op)]));
    return 1;
  });
  alu(14, (op) => {
    r[low(op)] = setNZ(core, r[low(op)] & ~r[middle(op)]);
    return 1;
  });
  alu(15, (op) => {
    r[low(op)] = setNZ(core, ~r[middle(op)]);
    return 1;
  });
}

// By a register's lowest byte: a count of 0 leaves the carry alone, above 32 none is left.
function addRegisterShifts(table, core, r) {
  const shift = (code, handler) => put(table, ALU | code, 10, handler);
  shift(2, (op) => {
    const a = r[low(op)];
    const count = r[middle(op)] & 255;
    r[low(op)] = setNZ(core, count < 32 ? a << count : 0);
    if (count) core.C = count <= 32 && bit(a, 32 - count);
    return 1;
  });
  shift(3, (op) => {
    const a = r[low(op)];
    const count = r[middle(op)] & 255;
    r[low(op)] = setNZ(core, count < 32 ? (a >>> count) | 0 : 0);
    if (count) core.C = count <= 32 && bit(a, count - 1);
    return 1;
  });
  shift(4, (op) => {
    const a = r[low(op)];
    const count = Math.min(r[middle(op)] & 255, 32);
    r[low(op)] = setNZ(core, a >> Math.min(count, 31));
    if (count) core.C = bit(a, count - 1);
    return 1;
  });
  shift(7, (op) => {
    const a = r[low(op)];
    const count = r[middle(op)] & 255;
    r[low(op)] = setNZ(core, (a >>> (count & 31)) | (a << (-count & 31)));
    if (count) core.C = r[low(op)] < 0;
    return 1;
  });
}

// Any of the sixteen registers: r15 is read as the instruction's address and 4.
function addHighRegisters(table, core, r) {
  const target = (op) => ((op >> 4) & 8) | low(op);
  const source = (op) => (op >> 3) & 15;
  const value = (register) => (register === PC ? r[PC] + 2 : r[register]);
  const set = (register, result) => {
    if (register === PC) {
      r[PC] = result & ~1;
      return 2;
    }
    r[register] = register === SP ? result & ~3 : result;
    return 1;
  };
  put(table, 0b01000100, 8, (op) => set(target(op), value(target(op)) + value(source(op))));
  put(table, 0b01000101, 8, (op) => {
    subtract(core, r[target(op)], r[source(op)]);
    return 1;
  });
  put(table, 0b01000110, 8, (op) => set(target(op), value(source(op))));
}

function addExtensions(table, r) {
  put(table, 0b1011001000, 10, (op) => {
    r[low(op)] = (r[middle(op)] << 16) >> 16;
    return 1;
  });
  put(table, 0b1011001001, 10, (op) => {
    r[low(op)] = (r[middle(op)] << 24) >> 24;
    return 1;
  });
  put(table, 0b1011001010, 10, (op) => {
    r[low(op)] = r[middle(op)] & 0xffff;
    return 1;
  });
  put(table, 0b1011001011, 10, (op) => {
    r[low(op)] = r[middle(op)] & 0xff;
    return 1;
  });
}

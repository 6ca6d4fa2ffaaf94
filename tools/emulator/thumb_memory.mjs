// Thumb instructions that load and store.
import { LR, PC, SP, imm5, imm8, low, middle, put, top, upper } from './thumb.mjs';
import { branchTo } from './thumb_branch.mjs';

// The SIO answers at once, a peripheral late.
const SIO = 0xd;
const PERIPHERALS = 0x4;
const loading = (address) => cycles(address >>> 28, 4);
const storing = (address) => cycles(address >>> 28, 5);

function cycles(region, peripheral) {
  if (region === SIO) return 1;
  return region === PERIPHERALS ? peripheral : 2;
}

export function addTransfers(table, core, memory) {
  const r = new Int32Array(core.registers.buffer);
  addLoads(table, r, memory);
  addStores(table, r, memory);
  addLists(table, r, memory);
  addStack(table, core, r, memory);
}

/** Two registers' sum; a register and an offset in words, halfwords, bytes; r13 and an offset. */
const sum = (r, op) => (r[middle(op)] + r[upper(op)]) | 0;
const word = (r, op) => (r[middle(op)] + (imm5(op) << 2)) | 0;
const half = (r, op) => (r[middle(op)] + (imm5(op) << 1)) | 0;
const byte = (r, op) => (r[middle(op)] + imm5(op)) | 0;
const stack = (r, op) => (r[SP] + (imm8(op) << 2)) | 0;

function addLoads(table, r, memory) {
  put(table, 0b01001, 5, (op) => {
    const address = ((r[PC] + 2) & ~3) + (imm8(op) << 2);
    r[top(op)] = memory.load32(address);
    return loading(address);
  });
  put(table, 0b0101011, 7, (op) => {
    const address = sum(r, op);
    r[low(op)] = (memory.load8(address) << 24) >> 24;
    return loading(address);
  });
  put(table, 0b0101100, 7, (op) => {
    const address = sum(r, op);
    r[low(op)] = memory.load32(address);
    return loading(address);
  });
  put(table, 0b0101101, 7, (op) => {
    const address = sum(r, op);
    r[low(op)] = memory.load16(address);
    return loading(address);
  });
  put(table, 0b0101110, 7, (op) => {
    const address = sum(r, op);
    r[low(op)] = memory.load8(address);
    return loading(address);
  });
  put(table, 0b0101111, 7, (op) => {
    const address = sum(r, op);
    r[low(op)] = (memory.load16(address) << 16) >> 16;
    return loading(address);
  });
  put(table, 0b01101, 5, (op) => {
    const address = word(r, op);
    r[low(op)] = memory.load32(address);
    return loading(address);
  });
  put(table, 0b01111, 5, (op) => {
    const address = byte(r, op);
    r[low(op)] = memory.load8(address);
    return loading(address);
  });
  put(table, 0b10001, 5, (op) => {
    const address = half(r, op);
    r[low(op)] = memory.load16(address);
    return loading(address);
  });
  put(table, 0b10011, 5, (op) => {
    const address = stack(r, op);
    r[top(op)] = memory.load32(address);
    return loading(address);
  });
}

function addStores(table, r, memory) {
  put(table, 0b0101000, 7, (op) => {
    const address = sum(r, op);
    memory.store32(address, r[low(op)]);
    return storing(address);
  });
  put(table, 0b0101001, 7, (op) => {
    const address = sum(r, op);
    memory.store16(address, r[low(op)]);
    return storing(address);
  });
  put(table, 0b0101010, 7, (op) => {
    const address = sum(r, op);
    memory.store8(address, r[low(op)]);
    return storing(address);
  });
  put(table, 0b01100, 5, (op) => {
    const address = word(r, op);
    memory.store32(address, r[low(op)]);
    return storing(address);
  });
  put(table, 0b01110, 5, (op) => {
    const address = byte(r, op);
    memory.store8(address, r[low(op)]);
    return storing(address);
  });
  put(table, 0b10000, 5, (op) => {
    const address = half(r, op);
    memory.store16(address, r[low(op)]);
    return storing(address);
  });
  put(table, 0b10010, 5, (op) => {
    const address = stack(r, op);
    memory.store32(address, r[top(op)]);
    return storing(address);
  });
}

// Each low register of the list, the lowest first; the address behind the last one.
function storeList(r, memory, list, address) {
  for (let i = 0; list >> i; i++) {
    if (!((list >> i) & 1)) continue;
    memory.store32(address, r[i]);
    address += 4;
  }
  return address;
}

function loadList(r, memory, list, address) {
  for (let i = 0; list >> i; i++) {
    if (!((list >> i) & 1)) continue;
    r[i] = memory.load32(address);
    address += 4;
  }
  return address;
}

function addLists(table, r, memory) {
  put(table, 0b11000, 5, (op) => {
    const start = r[top(op)];
    const end = storeList(r, memory, imm8(op), start);
    if (!((op >> top(op)) & 1)) r[top(op)] = end;
    return 1 + (end - start) / 4;
  });
  put(table, 0b11001, 5, (op) => {
    const start = r[top(op)];
    const end = loadList(r, memory, imm8(op), start);
    if (!((op >> top(op)) & 1)) r[top(op)] = end;
    return 1 + (end - start) / 4;
  });
}

// A cycle for each register and one more, two more for a jump (Cortex-M0+ Technical Reference
// Manual, table 3-1): rp2040js forgets to count LR and PC among them.
function addStack(table, core, r, memory) {
  put(table, 0b1011010, 7, (op) => {
    const words = count(op & 511);
    const end = storeList(r, memory, imm8(op), r[SP] - 4 * words);
    if (op & 256) memory.store32(end, r[LR]);
    r[SP] -= 4 * words;
    return 1 + words;
  });
  put(table, 0b1011110, 7, (op) => {
    const start = r[SP];
    const end = loadList(r, memory, imm8(op), start);
    const words = (end - start) / 4;
    r[SP] = end;
    if (!(op & 256)) return 1 + words;
    r[SP] += 4;
    branchTo(core, memory.load32(end));
    return 4 + words;
  });
}

/** How many bits are set. */
function count(bits) {
  let n = 0;
  for (let rest = bits; rest; rest &= rest - 1) n++;
  return n;
}

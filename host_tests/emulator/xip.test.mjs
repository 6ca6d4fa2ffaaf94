// The model of the flash cache: hits, misses, what goes, and what a miss costs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cache } from '../../tools/emulator/xip.mjs';
import { BKPT, FLASH, RAM, asm, crashOf, makeChip } from './rig.mjs';

const MISS = 64;
const WAY = 8192;
const NOP = asm.opcodeNOP();

/** Touches addresses one after the other: 'h' for a hit, 'm' for a miss. */
function pattern(offsets, cache = new Cache(() => {})) {
  return offsets.map((offset) => {
    const { misses } = cache;
    cache.touch(FLASH + offset);
    return cache.misses > misses ? 'm' : 'h';
  }).join('');
}

test('a line is 8 bytes', () => {
  assert.equal(pattern([0, 2, 4, 7, 8, 15, 16, 0]), 'mhhhmhmh');
});

test('two lines that fall together fit, and of three the least recently used goes', () => {
  const [a, b, c] = [0, WAY, 2 * WAY];
  assert.equal(pattern([a, b, a, b]), 'mmhh');
  assert.equal(pattern([a, b, c, b, a, c]), 'mmmhmm');
  assert.equal(pattern([a, b, a, c, a, b]), 'mmhmhm');
});

test('all of its 16 KiB are kept, and one line more pushes one out', () => {
  const cache = new Cache(() => {});
  const lines = Array.from({ length: 2048 }, (_, i) => 8 * i);
  pattern(lines, cache);
  assert.deepEqual([cache.hits, cache.misses], [0, 2048]);
  pattern(lines, cache);
  assert.deepEqual([cache.hits, cache.misses], [2048, 2048]);
  assert.equal(pattern([2 * WAY, 0, WAY], cache), 'mmm');
});

test('after a flush nothing is there', () => {
  const cache = new Cache(() => {});
  assert.equal(pattern([0, 0], cache), 'mh');
  cache.flush();
  assert.equal(pattern([0, 0], cache), 'mh');
});

test('each miss is charged once', () => {
  let charged = 0;
  const cache = new Cache((cycles) => (charged += cycles));
  pattern([0, 4, 8, 0, 16], cache);
  assert.equal(charged, 3 * MISS);
});

/** A program's cycles and the counts of its cache. */
function measure(program, xip, prepare = () => {}) {
  const chip = makeChip([...program, BKPT], { xip });
  prepare(chip);
  assert.match(crashOf(chip), /breakpoint/);
  return { cycles: chip.cycles, hits: chip.cache?.hits, misses: chip.cache?.misses };
}

test('a program pays for the lines that it runs through', () => {
  const program = new Array(16).fill(NOP);
  assert.equal(measure(program, false).cycles, 16);
  // 16 halfwords are 4 lines; the breakpoint at the end is in a fifth.
  assert.deepEqual(measure(program, true), { cycles: 16 + 4 * MISS, hits: 12, misses: 5 });
});

test('a slower clock of the flash makes a miss dearer', () => {
  const slow = (chip) => (chip.mcu.peripherals[0x18000].baudr = 4);
  assert.equal(measure([NOP], true).cycles, 1 + 64);
  assert.equal(measure([NOP], true, slow).cycles, 1 + 120);
});

test('what it reads from flash counts, what it reads from RAM does not', () => {
  const program = [asm.opcodeLDRimm(0, 1, 0), NOP, NOP];
  const from = (address) => (chip) => (chip.mcu.core.registers[1] = address);
  assert.equal(measure(program, true, from(RAM)).cycles, 4 + MISS);
  assert.equal(measure(program, true, from(FLASH + 0x1000)).cycles, 4 + 2 * MISS);
  assert.equal(measure(program, true, from(FLASH)).cycles, 4 + MISS);
});

test('an instruction of two halfwords is fetched once, whoever runs it', () => {
  const barrier = asm.opcodeDMBSY();
  const call = asm.opcodeBL(0);
  for (const op of [barrier, call]) {
    const { hits, misses } = measure([op], true);
    assert.deepEqual([hits, misses], [2, 1]);
  }
});

test('a write to the register of the cache flushes it', () => {
  const program = [asm.opcodeSTR(0, 1, 0), NOP, NOP, NOP];
  const flush = (chip) => (chip.mcu.core.registers[1] = 0x14000004);
  assert.equal(measure(program.slice(0, 3), true).misses, 1);
  assert.equal(measure(program.slice(0, 3), true, flush).misses, 2);
});

// serial.mjs: the chip's serial on stdin and stdout, until it crashes or nobody listens.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor, start } from './process.mjs';
import { BKPT, LOOP, RESETS, WFI, asm } from './rig.mjs';

// What the watchdog keeps is 0 at power-on: a program that resets once, and then stops.
const REASON = 8;
const ONCE = [
  asm.opcodeLDRlit(1, 16),
  asm.opcodeLDRimm(0, 1, REASON),
  asm.opcodeCMPimm(0, 0),
  asm.opcodeBT1(0, 0),
  BKPT,
  asm.opcodeLDRlit(0, 12),
  asm.opcodeSTR(0, 1, 0),
  LOOP,
  asm.opcodeNOP(),
  asm.opcodeNOP(),
  0x40058000,
  0x80000000,
];

test('it ends with stdin, and lists what was played', async (t) => {
  const folder = folderFor(t, [WFI, LOOP]);
  const config = JSON.parse(fs.readFileSync(join(folder, 'config.json')));
  const sound = { ...config, i2s: { sck: 16, ws: 17, sd: 18 }, sound: folder };
  fs.writeFileSync(join(folder, 'config.json'), JSON.stringify(sound));
  const { child, ended } = start(t, 'serial.mjs', folder);
  child.stdin.end();
  assert.equal(await ended, 0);
  assert.deepEqual(JSON.parse(fs.readFileSync(join(folder, 'sound.json'))), []);
});

test('a crash ends it with one line, and with 3', async (t) => {
  const { ended, errors } = start(t, 'serial.mjs', folderFor(t, [BKPT]));
  assert.equal(await ended, 3);
  assert.equal(errors(), 'breakpoint at 0x10000000\n');
});

test('a reset boots the chip again', async (t) => {
  const { ended, errors } = start(t, 'serial.mjs', folderFor(t, ONCE));
  assert.equal(await ended, 3);
  assert.equal(errors(), 'breakpoint at 0x10000008\n');
});

test('a chip that resets without end is served on', async (t) => {
  const { child, ended } = start(t, 'serial.mjs', folderFor(t, RESETS));
  child.stdin.write('x');
  child.stdin.end();
  assert.equal(await ended, 0);
});

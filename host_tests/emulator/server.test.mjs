// The protocol of main.mjs: requests, answers, events, and what is wrong with them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Asked } from './process.mjs';
import { BKPT, LOOP, RESETS, WFI, asm } from './rig.mjs';

const ASLEEP = [WFI, LOOP];
const TOTALS = ['cycles', 'seconds', 'idle', 'instructions', 'interrupts'];
const STORE = asm.opcodeSTR(0, 1, 0);

test('what is no request is answered, and the next one is served', async (t) => {
  const emulator = new Asked(t, ASLEEP);
  for (const line of ['{"do":', 'null', '17', '"state"']) {
    const { ok, why } = await emulator.line(line);
    assert.equal(ok, false);
    assert.match(why, /^the request is no JSON/);
  }
  const { ok, why } = await emulator.ask('dance');
  assert.equal(ok, false);
  assert.match(why, /^no such request; there are: boot, flash, .*, quit$/);
  assert.equal((await emulator.ask('state')).ok, true);
});

test('a request says what it lacks', async (t) => {
  const emulator = new Asked(t, ASLEEP);
  const why = async (...request) => (await emulator.ask(...request)).why;
  assert.equal(await why('run'), "'run' needs 'seconds', a number");
  assert.equal(await why('run', { seconds: '1' }), "'run' needs 'seconds', a number");
  assert.equal(await why('exec', { seconds: 1 }), "'exec' needs 'code', a string");
  assert.equal(await why('flash', { at: 0 }), "'flash' needs 'file', a string");
});

test('every answer carries the totals, and the id of its request', async (t) => {
  const emulator = new Asked(t, ASLEEP);
  const answers = [
    await emulator.ask('state', { id: 5 }),
    await emulator.ask('nothing', { id: 'x' }),
    await emulator.ask('run', { seconds: 0.01 }),
  ];
  assert.deepEqual(answers.map(({ id }) => id), [5, 'x', undefined]);
  for (const answer of answers) {
    assert.ok(TOTALS.every((name) => typeof answer[name] === 'number'));
  }
  assert.equal(answers[2].seconds, 0.01);
  assert.equal(answers[2].idle, answers[2].cycles - 2);
});

test('a run tells how far it is, each tenth of an emulated second', async (t) => {
  const emulator = new Asked(t, ASLEEP);
  const { ok, playing } = await emulator.ask('run', { seconds: 0.35 });
  assert.deepEqual([ok, playing], [true, false]);
  assert.deepEqual(emulator.events.map(({ at }) => at.toFixed(1)), ['0.1', '0.2', '0.3']);
});

test('a run while something plays ends at once when nothing does', async (t) => {
  const emulator = new Asked(t, ASLEEP);
  const { seconds } = await emulator.ask('run', { seconds: 5, while: 'playing' });
  assert.equal(seconds, 0);
});

test('a program without a prompt is told, after ten emulated seconds', async (t) => {
  const emulator = new Asked(t, ASLEEP);
  const { ok, why, seconds } = await emulator.ask('boot');
  assert.deepEqual([ok, why, seconds], [false, 'no prompt', 10]);
});

test('state tells of flash, cache and clock', async (t) => {
  const emulator = new Asked(t, ASLEEP, { xip: true });
  await emulator.ask('run', { seconds: 0.01 });
  const { xip_hits, xip_misses, flash_erases, flash_pages, freq } = await emulator.ask('state');
  assert.deepEqual([xip_hits, xip_misses], [0, 1]);
  assert.deepEqual([flash_erases, flash_pages, freq], [0, 0, 6.5e6]);
});

test('bytes are put into the flash, and only there', async (t) => {
  const emulator = new Asked(t, [LOOP]);
  const file = join(emulator.folder, 'bytes');
  fs.writeFileSync(file, Uint8Array.of(0x00, 0xbe));
  const far = await emulator.ask('flash', { at: 2 * 1024 * 1024 - 1, file });
  assert.equal(far.why, '2 bytes at 2097151 are not within the flash: 2097152');
  const none = await emulator.ask('flash', { at: 0, file: `${file}s` });
  assert.match(none.why, /no such file/);
  assert.equal((await emulator.ask('flash', { at: 0, file })).ok, true);
  assert.equal((await emulator.ask('run', { seconds: 1 })).crash, 'breakpoint at 0x10000000');
});

test('after a crash only state, cut and quit are served', async (t) => {
  const emulator = new Asked(t, [BKPT]);
  const { ok, crash } = await emulator.ask('run', { seconds: 1 });
  assert.deepEqual([ok, crash], [false, 'breakpoint at 0x10000000']);
  for (const what of ['run', 'boot', 'exec', 'restart']) {
    const answer = await emulator.ask(what, { code: '', seconds: 1 });
    assert.deepEqual([answer.ok, answer.crash], [false, crash]);
  }
  assert.equal((await emulator.ask('state')).ok, true);
  assert.deepEqual((await emulator.ask('cut')).sound, []);
  assert.equal((await emulator.ask('quit')).ok, true);
  assert.equal(await emulator.ended, 0);
});

test('a fault of the program is a crash with its place', async (t) => {
  const emulator = new Asked(t, [asm.opcodeMOVS(1, 1), STORE]);
  const { crash } = await emulator.ask('run', { seconds: 1 });
  assert.equal(crash, 'HardFault at 0x10000002: writes 0x00000001, which is no multiple of 4');
});

test('a reset by the program is told as such', async (t) => {
  const emulator = new Asked(t, RESETS);
  const answer = await emulator.ask('run', { seconds: 1 });
  assert.deepEqual([answer.ok, answer.reset, answer.crash], [false, true, undefined]);
  assert.equal((await emulator.ask('run', { seconds: 1 })).reset, true);
});

test('it ends when nobody can ask any more', async (t) => {
  const emulator = new Asked(t, ASLEEP);
  await emulator.ask('state');
  emulator.child.stdin.end();
  assert.equal(await emulator.ended, 0);
});

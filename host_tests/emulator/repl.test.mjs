// MicroPython's prompts from the host's end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoPrompt, Repl } from '../../tools/emulator/repl.mjs';
import { FakeBoard } from './fake_board.mjs';

/** A board at its prompt, and what it printed. */
function booted(options) {
  const board = new FakeBoard(options);
  const printed = [];
  const repl = new Repl(board, (bytes) => printed.push(Buffer.from(bytes)));
  const banner = repl.boot();
  return { board, repl, banner, text: () => Buffer.concat(printed).toString() };
}

test('boot ends at the prompt, with the line that MicroPython greets with', () => {
  const { banner, text } = booted();
  assert.equal(banner, 'MicroPython v1.28.0 on a test; Board');
  assert.equal(text(), '');
});

test('a program gives its output, its traceback and what it took', () => {
  const { board, repl, text } = booted();
  const { error, timeout, took } = repl.execute('hello world|ValueError: é', 1);
  assert.deepEqual([text(), timeout], ['hello world', false]);
  assert.equal(error, Buffer.from('ValueError: Ã©', 'latin1').toString());
  assert.deepEqual(Object.keys(took), ['cycles', 'idle', 'instructions', 'interrupts']);
  assert.ok(took.cycles > 0 && took.cycles < board.cycles);
  assert.equal(repl.execute('again', 1).error, '');
  assert.equal(text(), 'hello worldagain');
});

for (const size of [0, 1, 31, 32, 33, 64, 1000]) {
  test(`${size} bytes of code are pasted within the window`, () => {
    const { board, repl, text } = booted();
    repl.execute('x'.repeat(size), 1);
    assert.equal(board.code.length, size);
    assert.equal(text(), 'x'.repeat(size));
  });
}

test('a compiler that gives up in the middle is told that this was all', () => {
  const { board, repl } = booted({ stopsAt: 40 });
  assert.equal(repl.execute('y'.repeat(500), 1).error, 'SyntaxError');
  assert.ok(board.code.length < 500);
});

test('a program without end is left running, and goes on printing', () => {
  const { board, repl, text } = booted();
  assert.equal(repl.execute('forever 1', 2).timeout, true);
  board.replies.push(' 2');
  repl.runOn(() => false, 1);
  assert.equal(text(), 'forever 1 2');
  repl.interrupt(5);
  assert.equal(repl.execute('after', 1).error, '');
  assert.equal(text(), 'forever 1 2after');
});

test('marks are those of the program', () => {
  const { board, repl } = booted();
  board.marks.push([1, 2, 3]);
  assert.deepEqual(repl.execute('x', 1).marks, []);
});

test('what a callback prints at the prompt is output too', () => {
  const { board, repl, text } = booted();
  repl.execute('x', 1);
  board.replies.push('tick');
  repl.runOn(() => false, 1);
  assert.equal(text(), 'xtick');
});

test('a restart gives all that main.py prints, and ends at the prompt', () => {
  const { repl, text } = booted({ main: 'sound' });
  assert.equal(repl.restart(1), true);
  assert.match(text(), /^\r\nMPY: soft reboot\r\nsoundMicroPython .*\r\n.*\r\n>>> $/);
});

test('a prompt that main.py prints itself is none', () => {
  const { repl, text } = booted({ main: 'forever >>> ' });
  assert.equal(repl.restart(1), false);
  assert.match(text(), /forever >>> $/);
});

test('a restart interrupts what runs', () => {
  const { repl } = booted({ main: 'forever' });
  assert.equal(repl.restart(1), false);
  assert.equal(repl.restart(1), false);
  repl.interrupt(5);
  assert.equal(repl.execute('x', 1).timeout, false);
});

test('a restart without main.py ends at the raw prompt', () => {
  const { board, repl, text } = booted({ main: 'forever' });
  assert.equal(repl.restartRaw(1), true);
  assert.equal(board.mode, 'raw');
  repl.execute('x', 1);
  assert.match(text(), /soft reboot\r\nraw REPL; CTRL-B to exit\r\n>x$/);
});

test('an interrupt is repeated until it is heard', () => {
  const { board, repl } = booted({ main: 'forever', deaf: 0 });
  repl.restart(1);
  board.deaf = 5;
  repl.interrupt(5);
  assert.ok(board.interruptsSent > 5);
  assert.equal(board.mode, 'raw');
});

test('a program that hears no interrupt has no prompt, after the time it is given', () => {
  const { board, repl } = booted({ main: 'forever' });
  repl.restart(1);
  board.deaf = Infinity;
  const before = board.seconds;
  assert.throws(() => repl.interrupt(3), NoPrompt);
  assert.equal(board.seconds - before, 3);
});

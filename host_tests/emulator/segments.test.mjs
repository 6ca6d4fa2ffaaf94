// Frames sorted by their format, and the files they go to.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Segments } from '../../tools/emulator/segments.mjs';
import { Recorder } from '../../tools/emulator/sound.mjs';

/** A stream of numbered frames, and what became of it. */
class Stream {
  constructor() {
    this.kept = [];
    this.ns = 0;
    this.number = 0;
    this.segments = new Segments((bits) => {
      const frames = [];
      this.kept.push(frames);
      const file = `${this.kept.length}-${bits}`;
      return { file, frame: (left) => frames.push(left), close() {} };
    });
  }

  play(count, rate, bits = 16, odd = 0) {
    for (let i = 0; i < count; i++) {
      this.ns += 1e9 / rate;
      this.segments.frame(bits, ++this.number, 0, this.ns, odd);
    }
  }

  stop(ns) {
    this.ns += ns;
  }
}

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('frames of one format are one segment, with its times and its rate', () => {
  const stream = new Stream();
  stream.play(1000, 44100);
  const [segment, ...others] = stream.segments.end();
  assert.deepEqual(others, []);
  const { file, bits, frames, first_ns, last_ns, odd_words, rate } = segment;
  assert.deepEqual([file, bits, frames, odd_words], ['1-16', 16, 1000, 0]);
  assert.ok(Math.abs(first_ns - 1e9 / 44100) < 1e-3);
  assert.ok(Math.abs(last_ns - 1e12 / 44100) < 1e-3);
  assert.ok(Math.abs(rate - 44100) < 1e-6);
  assert.deepEqual(stream.kept, [range(1, 1000)]);
});

test('the jitter of a clock divider is the same rate', () => {
  const stream = new Stream();
  for (let i = 0; i < 1000; i++) stream.play(1, i % 3 ? 44092 : 44108);
  const [{ rate }] = stream.segments.end();
  assert.equal(stream.kept.length, 1);
  assert.ok(Math.abs(rate - 44097.3) < 0.1);
});

test('the slowest stream is one segment too', () => {
  const stream = new Stream();
  stream.play(200, 1000);
  const [{ rate, frames }, ...others] = stream.segments.end();
  assert.deepEqual([others, frames], [[], 200]);
  assert.ok(Math.abs(rate - 1000) < 1e-6);
});

test('another width is another segment', () => {
  const stream = new Stream();
  stream.play(20, 44100, 16);
  stream.play(20, 44100, 32);
  const found = stream.segments.end();
  assert.deepEqual(found.map(({ bits, frames }) => [bits, frames]), [[16, 20], [32, 20]]);
  assert.deepEqual(stream.kept, [range(1, 20), range(21, 40)]);
});

test('another rate is another segment, from its first frame on', () => {
  for (const pause of [0, 1e4, 5e7]) {
    const stream = new Stream();
    stream.play(50, 44100);
    stream.stop(pause);
    stream.play(60, 48000);
    const found = stream.segments.end();
    assert.deepEqual(found.map(({ frames }) => frames), [50, 60]);
    assert.deepEqual(found.map(({ rate }) => Math.round(rate)), [44100, 48000]);
    assert.deepEqual(stream.kept, [range(1, 50), range(51, 110)]);
  }
});

test('a pause changes neither segment nor rate', () => {
  const stream = new Stream();
  for (let i = 0; i < 5; i++) {
    stream.play(100, 44100);
    stream.stop([1e5, 3e4, 2e7, 1e9, 0][i]);
  }
  const found = stream.segments.end();
  assert.deepEqual(found.map(({ frames }) => frames), [500]);
  assert.equal(Math.round(found[0].rate), 44100);
});

test('frames that fit no rate stay where they are, in their order', () => {
  const stream = new Stream();
  stream.play(50, 44100);
  for (let i = 0; i < 300; i++) stream.play(1, i % 2 ? 30000 : 60000);
  stream.play(50, 44100);
  const found = stream.segments.end();
  assert.deepEqual(stream.kept, [range(1, 400)]);
  assert.equal(Math.round(found[0].rate), 44100);
});

test('odd words belong to the segment in which they came', () => {
  const stream = new Stream();
  stream.play(20, 44100, 16, 0);
  stream.play(20, 44100, 16, 3);
  stream.play(20, 44100, 32, 3);
  stream.play(20, 44100, 32, 4);
  const found = stream.segments.end(6);
  assert.deepEqual(found.map(({ odd_words }) => odd_words), [3, 3]);
});

test('after an end the next frame starts a segment of its own', () => {
  const stream = new Stream();
  assert.deepEqual(stream.segments.end(), []);
  stream.play(3, 44100);
  assert.equal(stream.segments.end().length, 1);
  stream.play(1, 44100);
  const [{ frames, rate }] = stream.segments.end();
  assert.deepEqual([frames, rate], [1, 0]);
});

test('the recorder writes frames as they are on the bus, chunk by chunk', () => {
  const folder = fs.mkdtempSync(join(os.tmpdir(), 'aether-'));
  const recorder = new Recorder(folder);
  const count = 40_000;
  for (let i = 0; i < count; i++) {
    recorder.segments.frame(16, i - 20_000, (-i - 1) >> 1, i * 22_676);
  }
  const before = fs.statSync(join(folder, 'sound-1.raw')).size;
  recorder.segments.frame(32, 0x12345678, -2, count * 22_676);
  const [first, second] = recorder.cut();
  const samples = fs.readFileSync(join(folder, first.file));
  assert.ok(before >= 65536 && before < samples.length);
  assert.equal(samples.length, 4 * count);
  const frame = (at) => [samples.readInt16LE(4 * at), samples.readInt16LE(4 * at + 2)];
  assert.deepEqual([frame(1), frame(count - 1)], [[-19_999, -1], [19_999, -20_000]]);
  const wide = fs.readFileSync(join(folder, second.file));
  assert.deepEqual([...wide], [0x78, 0x56, 0x34, 0x12, 0xfe, 0xff, 0xff, 0xff]);
  fs.rmSync(folder, { recursive: true });
});

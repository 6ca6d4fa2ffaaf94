// The I2S decoder on edges of three pins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decoder } from '../../tools/emulator/i2s.mjs';

const BIT = 354;

/** A sender of I2S: levels and times of its pins, handed to a decoder edge by edge. */
class Sender {
  constructor() {
    this.frames = [];
    this.times = [];
    this.ns = 0;
    this.ws = 0;
    this.decoder = new Decoder((bits, left, right, ns) => {
      this.frames.push([bits, left, right]);
      this.times.push(ns);
    });
  }

  clock(ws, sd) {
    this.decoder.edge(0, ws, sd, this.ns);
    this.ns += BIT;
    this.decoder.edge(1, ws, sd, this.ns);
    this.ns += BIT;
  }

  /** A word, its highest bit first; with the last one WS is that of the next word. */
  word(value, bits, next) {
    for (let at = bits - 1; at >= 0; at--) {
      this.clock(at ? this.ws : next, (value >>> at) & 1);
    }
    this.ws = next;
  }

  frame(left, right, bits = 16) {
    this.word(left, bits, 1);
    this.word(right, bits, 0);
  }

  stop(ns) {
    this.ns += ns;
  }

  /** Begins where a decoder that has just been switched on knows nothing yet. */
  static started() {
    const sender = new Sender();
    sender.word(0, 5, 1);
    sender.word(0, 16, 0);
    return sender;
  }
}

test('frames of 16 bits come out signed, left first', () => {
  const sender = Sender.started();
  sender.frame(1, 2);
  sender.frame(0x7fff, 0x8000);
  sender.frame(0xffff, 0);
  assert.deepEqual(sender.frames, [[16, 1, 2], [16, 32767, -32768], [16, -1, 0]]);
  assert.equal(sender.decoder.oddWords, 0);
});

test('frames of 32 bits keep all of them', () => {
  const sender = Sender.started();
  sender.frame(0x12345678, 0x80000001, 32);
  assert.deepEqual(sender.frames, [[32, 0x12345678, -0x7fffffff]]);
});

test('the time of a frame is that of its last bit', () => {
  const sender = Sender.started();
  sender.frame(1, 2);
  sender.frame(3, 4);
  assert.equal(sender.times[0], sender.ns - 64 * BIT - BIT);
  assert.equal(sender.times[1] - sender.times[0], 64 * BIT);
});

test('levels that are told twice are one edge', () => {
  const sender = Sender.started();
  const { decoder } = sender;
  const edge = decoder.edge.bind(decoder);
  decoder.edge = (...levels) => {
    edge(...levels);
    edge(...levels);
  };
  sender.frame(1, 2);
  assert.deepEqual(sender.frames, [[16, 1, 2]]);
});

test('a word that was under way at the start is left out, and its frame', () => {
  for (const bits of [1, 5, 15, 16]) {
    const sender = new Sender();
    sender.word(0xabcd, bits, 1);
    sender.word(7, 16, 0);
    sender.frame(1, 2);
    assert.deepEqual(sender.frames, [[16, 1, 2]]);
    assert.equal(sender.decoder.oddWords, 0);
  }
});

test('mono is both channels alike', () => {
  const sender = Sender.started();
  for (const value of [5, 6]) sender.frame(value, value);
  assert.deepEqual(sender.frames, [[16, 5, 5], [16, 6, 6]]);
});

for (const bits of [15, 17, 24, 31, 33, 40]) {
  test(`words of ${bits} bits are counted, and no frame is made of them`, () => {
    const sender = Sender.started();
    sender.frame(1, 2);
    sender.word(3, bits, 1);
    sender.word(4, 16, 0);
    sender.word(5, 16, 1);
    sender.word(6, bits, 0);
    sender.frame(7, 8);
    assert.deepEqual(sender.frames, [[16, 1, 2], [16, 7, 8]]);
    assert.equal(sender.decoder.oddWords, 2);
  });
}

test('words of unequal width make no frame', () => {
  const sender = Sender.started();
  sender.word(1, 16, 1);
  sender.word(2, 32, 0);
  sender.frame(3, 4);
  assert.deepEqual(sender.frames, [[16, 3, 4]]);
  assert.equal(sender.decoder.oddWords, 1);
});

test('a clock that waits in the middle of a word loses nothing', () => {
  for (const pause of [1e3, 1e6]) {
    const sender = Sender.started();
    for (let at = 15; at > 7; at--) sender.clock(0, (0x1234 >> at) & 1);
    sender.stop(pause);
    for (let at = 7; at > 0; at--) sender.clock(0, (0x1234 >> at) & 1);
    sender.clock(1, 0);
    sender.ws = 1;
    sender.word(9, 16, 0);
    assert.deepEqual(sender.frames, [[16, 0x1234, 9]]);
    assert.equal(sender.decoder.oddWords, 0);
  }
});

test('a clock that was stopped for good and began anew is no fault', () => {
  const sender = Sender.started();
  sender.frame(1, 2);
  for (let i = 0; i < 7; i++) sender.clock(0, 1);
  sender.stop(5e6);
  sender.frame(3, 4);
  sender.frame(5, 6);
  assert.deepEqual(sender.frames, [[16, 1, 2], [16, 5, 6]]);
  assert.equal(sender.decoder.oddWords, 0);
});

test('bits that lead up to the first word after a stop are no fault', () => {
  // Also where they make a whole word of one that the stop has cut short.
  for (let cut = 0; cut < 16; cut++) {
    const sender = Sender.started();
    sender.frame(1, 2);
    for (let i = 0; i < cut; i++) sender.clock(0, 0);
    sender.stop(5e6);
    sender.clock(1, 0);
    sender.clock(0, 0);
    sender.ws = 0;
    sender.frame(3, 4);
    sender.word(5, 15, 1);
    sender.word(6, 16, 0);
    assert.deepEqual(sender.frames, [[16, 1, 2], [16, 3, 4]]);
    assert.equal(sender.decoder.oddWords, 1);
  }
});

test('a change of the width goes on with the next whole frame', () => {
  const sender = Sender.started();
  sender.frame(1, 2);
  sender.frame(3, 4, 32);
  sender.frame(5, 6);
  assert.deepEqual(sender.frames, [[16, 1, 2], [32, 3, 4], [16, 5, 6]]);
  assert.equal(sender.decoder.oddWords, 0);
});

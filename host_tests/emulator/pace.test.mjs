// Emulated time against wall time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../tools/emulator/pace.mjs';

/** A pace and its two clocks, which stand until they are set. */
function clocks() {
  const now = { emulated: 7, wall: 1000 };
  return { now, pace: new Pace(() => now.emulated, () => now.wall) };
}

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('emulated time that is ahead waits for as long', () => {
  const { now, pace } = clocks();
  now.emulated += 0.002;
  near(pace.ahead(), 0.002);
  now.wall += 0.0015;
  near(pace.ahead(), 0.0005);
  now.wall += 0.001;
  assert.equal(pace.ahead(), 0);
});

test('a short lag is caught up with', () => {
  const { now, pace } = clocks();
  now.wall += 0.04;
  assert.equal(pace.ahead(), 0);
  now.emulated += 0.05;
  near(pace.ahead(), 0.01);
});

test('a long lag is not: the host would see time run too fast', () => {
  const { now, pace } = clocks();
  now.wall += 10;
  assert.equal(pace.ahead(), 0);
  now.emulated += 0.03;
  near(pace.ahead(), 0.03);
});

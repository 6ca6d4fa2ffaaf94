// What state machines see of the pins, and when: behind a synchroniser of two cycles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOP, makeChip, pioAsm, setClock } from './rig.mjs';

const { pioIN, pioJMP, pioSET, pioWAIT } = pioAsm;
const PINS = pioAsm.PIO_DEST_PINS;
const [GPIO, FROM_PIN] = [pioAsm.PIO_WAIT_SRC_GPIO, pioAsm.PIO_WAIT_SRC_PIN];
const JMP_PIN = pioAsm.PIO_COND_PIN;
const CTRL = 0x000;
const RXF0 = 0x020;
const INSTRUCTIONS = 0x048;
const MACHINES = 0x0c8;
const SIZE = 0x18;
const [CLKDIV, EXECCTRL, SHIFTCTRL, INSTR, PINCTRL] = [0x0, 0x4, 0x8, 0x10, 0x14];
const AUTOPUSH_8 = (8 << 20) | (1 << 16);
const PIO0 = 6;
const SIO = 5;
// A pin that the machines drive, one that comes from outside, one of the core's.
const [OUT, IN, CORE] = [3, 4, 5];

/** A chip whose machines run programs: [{program, integer, fraction, jump}], set and in pins. */
function makeBoard(...machines) {
  const chip = makeChip([LOOP]);
  setClock(chip);
  const { gpio, pio: [pio], sio } = chip.mcu;
  let at = 0;
  machines.forEach(({ program, integer = 1, fraction = 0, input = IN }, i) => {
    const registers = MACHINES + i * SIZE;
    program.forEach((op, j) => pio.writeUint32(INSTRUCTIONS + 4 * (at + j), op));
    pio.writeUint32(registers + CLKDIV, (integer << 16) | (fraction << 8));
    const wrap = ((at + program.length - 1) << 12) | (at << 7);
    pio.writeUint32(registers + EXECCTRL, (input << 24) | wrap);
    pio.writeUint32(registers + SHIFTCTRL, AUTOPUSH_8);
    pio.writeUint32(registers + PINCTRL, (1 << 26) | (input << 15) | (OUT << 5));
    pio.writeUint32(registers + INSTR, pioJMP(0, at));
    at += program.length;
  });
  gpio[OUT].ctrl = PIO0;
  pio.pinDirections |= 1 << OUT;
  pio.checkChangedPins();
  gpio[CORE].ctrl = SIO;
  sio.writeUint32(0x24, 1 << CORE);
  for (const pin of [OUT, IN, CORE]) gpio[pin].padValue |= 0x40;
  return { chip, pio, gpio, sio };
}

function start(pio, mask = 1) {
  pio.writeUint32(CTRL, mask);
}

function pass(chip, cycles) {
  chip.run(() => false, cycles / 125e6);
}

/** The cycles at which the machines' pin changes. */
function edgesOf(chip) {
  const edges = [];
  chip.pio.watch(OUT, () => edges.push(chip.pio.now));
  return edges;
}

test('a machine reads a pin as it was two cycles before', () => {
  const turn = [pioSET(PINS, 1, 9), pioSET(PINS, 0, 9)];
  const { chip, pio } = makeBoard({ program: turn }, { program: [pioIN(PINS, 1)], input: OUT });
  const edges = edgesOf(chip);
  start(pio, 2);
  const began = chip.cycles + 1;
  pass(chip, 2);
  start(pio, 3);
  pass(chip, 16);
  // The first bit that is read is the highest of eight.
  const bits = [];
  for (let i = 0; i < 2; i++) {
    const word = pio.readUint32(RXF0 + 4);
    for (let bit = 7; bit >= 0; bit--) bits.push((word >> bit) & 1);
  }
  assert.equal(bits.indexOf(1), edges[0] - began + 2);
  assert.equal(bits.lastIndexOf(1), edges[1] - began + 1);
});

for (const [name, source, index] of [['a GPIO', GPIO, OUT], ['an input pin', FROM_PIN, 0]]) {
  test(`a wait for ${name} ends two cycles after it changes`, () => {
    const turn = [pioSET(PINS, 1, 19), pioSET(PINS, 0, 19)];
    const follow = [pioWAIT(1, source, index), pioIN(PINS, 8), pioWAIT(0, source, index)];
    const { chip, pio } = makeBoard({ program: turn }, { program: follow, input: OUT });
    const edges = edgesOf(chip);
    const pushed = [];
    const push = pio.machines[1].rxFIFO.push.bind(pio.machines[1].rxFIFO);
    pio.machines[1].rxFIFO.push = (value) => {
      pushed.push(pio.machines[1].next);
      push(value);
    };
    start(pio, 2);
    pass(chip, 2);
    start(pio, 3);
    pass(chip, 100);
    const rises = edges.filter((_, i) => i % 2 === 0);
    // The wait itself takes the cycle in which it sees the pin.
    assert.deepEqual(pushed.slice(0, 2), rises.slice(0, 2).map((edge) => edge + 3));
  });
}

test('a machine that waits for a pin takes no steps', () => {
  const { chip, pio } = makeBoard({ program: [pioWAIT(1, GPIO, IN)] });
  start(pio);
  pass(chip, 100);
  assert.equal(chip.pio.next, Infinity);
  assert.equal(chip.playing, true);
});

const WAITS = [pioWAIT(1, GPIO, IN), pioSET(PINS, 1), pioWAIT(0, GPIO, IN), pioSET(PINS, 0)];

test('a level from outside wakes it, again and again', () => {
  const { chip, pio, gpio } = makeBoard({ program: WAITS });
  const edges = edgesOf(chip);
  start(pio);
  const expected = [];
  for (const level of [true, false, true, false]) {
    pass(chip, 50);
    gpio[IN].setInputValue(level);
    expected.push(chip.cycles + 3);
  }
  pass(chip, 50);
  assert.deepEqual(edges, expected);
});

test('so does a pin that the core drives', () => {
  const program = WAITS.map((op) => (op >> 13 === 1 ? (op & ~0x1f) | CORE : op));
  const { chip, pio, sio } = makeBoard({ program });
  const edges = edgesOf(chip);
  start(pio);
  pass(chip, 50);
  sio.writeUint32(0x14, 1 << CORE);
  const set = chip.cycles;
  pass(chip, 50);
  assert.deepEqual(edges, [set + 3]);
});

test('a change of another pin does not', () => {
  const { chip, pio, sio } = makeBoard({ program: WAITS });
  const edges = edgesOf(chip);
  start(pio);
  pass(chip, 50);
  sio.writeUint32(0x14, 1 << CORE);
  pass(chip, 50);
  assert.deepEqual(edges, []);
});

test('it wakes at one of the steps that its divider gives it', () => {
  const { chip, pio, gpio } = makeBoard({ program: WAITS, integer: 10, fraction: 128 });
  const edges = edgesOf(chip);
  start(pio);
  const first = chip.cycles + 1;
  const steps = Array.from({ length: 40 }, (_, i) => first + Math.floor(i * 10.5));
  for (const level of [true, false, true]) {
    pass(chip, 101);
    gpio[IN].setInputValue(level);
    const seen = chip.cycles + 2;
    pass(chip, 30);
    const at = steps.findIndex((step) => step >= seen);
    assert.equal(edges.at(-1), steps[at + 1]);
  }
});

test('machines that are held while one sleeps go on with it', () => {
  const { chip, pio, gpio } = makeBoard({ program: WAITS, integer: 4 });
  const edges = edgesOf(chip);
  start(pio);
  const first = chip.cycles + 1;
  pass(chip, 50);
  chip.pio.hold();
  pass(chip, 1000);
  chip.pio.resume();
  gpio[IN].setInputValue(true);
  pass(chip, 50);
  assert.equal(edges.length, 1);
  assert.equal((edges[0] - first - 1000) % 4, 0);
});

test('a restart wakes it', () => {
  const { chip, pio } = makeBoard({ program: [pioWAIT(1, GPIO, IN), pioSET(PINS, 1)] });
  start(pio);
  pass(chip, 50);
  pio.writeUint32(CTRL, 0x11);
  pio.writeUint32(MACHINES + INSTR, pioJMP(0, 1));
  const edges = edgesOf(chip);
  pass(chip, 50);
  assert.equal(edges.length, 1);
});

test('a jump by a pin sees what a wait sees', () => {
  // Turns its pin on where the other one is high.
  const program = [pioJMP(JMP_PIN, 2), pioJMP(0, 0), pioSET(PINS, 1), pioJMP(0, 3)];
  const { chip, pio, gpio } = makeBoard({ program });
  const edges = edgesOf(chip);
  start(pio);
  pass(chip, 50);
  assert.deepEqual(edges, []);
  gpio[IN].setInputValue(true);
  const set = chip.cycles;
  pass(chip, 50);
  assert.ok(edges[0] >= set + 3 && edges[0] <= set + 4, `${edges[0]} ${set}`);
});

// The state machines: their clock dividers, their FIFOs, and what their pins do when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOP, makeChip, pioAsm, setClock } from './rig.mjs';

const { pioJMP, pioOUT, pioPULL, pioSET } = pioAsm;
const PINS = pioAsm.PIO_DEST_PINS;
const NULL = pioAsm.PIO_DEST_NULL;
const CTRL = 0x000;
const FDEBUG = 0x008;
const FLEVEL = 0x00c;
const TXF0 = 0x010;
const INSTRUCTIONS = 0x048;
const MACHINES = 0x0c8;
const SIZE = 0x18;
const [CLKDIV, EXECCTRL, SHIFTCTRL, INSTR, PINCTRL] = [0x0, 0x4, 0x8, 0x10, 0x14];
const SHIFT = 0xc0000;
const FJOIN_TX = 1 << 30;
const FJOIN_RX = 1 << 31;
const TOGGLE = [pioSET(PINS, 1), pioSET(PINS, 0)];
const PIO0 = 6;
const SIO = 5;

/** A chip at 125 MHz that does nothing but let its state machines run. */
function makeBoard() {
  const chip = makeChip([LOOP]);
  setClock(chip);
  return { chip, pio: chip.mcu.pio[0] };
}

/** Sets a machine up: a program from the start, wrapped around; one pin for SET and OUT. */
function setUp(pio, { machine = 0, program, pin = 3, integer = 1, fraction = 0, shift = SHIFT }) {
  const registers = MACHINES + machine * SIZE;
  program.forEach((op, i) => pio.writeUint32(INSTRUCTIONS + 4 * i, op));
  pio.writeUint32(registers + CLKDIV, (integer << 16) | (fraction << 8));
  pio.writeUint32(registers + EXECCTRL, (program.length - 1) << 12);
  pio.writeUint32(registers + SHIFTCTRL, shift);
  pio.writeUint32(registers + PINCTRL, (1 << 26) | (pin << 5) | (1 << 20) | pin);
  pio.rp2040.gpio[pin].ctrl = PIO0;
  pio.pinDirections |= 1 << pin;
  pio.checkChangedPins();
}

/** The cycles at which a pin changed. */
function edgesOf(chip, pin) {
  const edges = [];
  chip.pio.watch(pin, () => edges.push(chip.pio.now));
  return edges;
}

/** Cycles between the steps of a machine whose every step changes its pin. */
function intervals(divider, cycles) {
  const { chip, pio } = makeBoard();
  setUp(pio, { program: TOGGLE, ...divider });
  const edges = edgesOf(chip, 3);
  pio.writeUint32(CTRL, 1);
  chip.run(() => false, cycles / 125e6);
  return edges.slice(1).map((edge, i) => edge - edges[i]);
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

test('undivided, a machine runs an instruction a cycle', () => {
  assert.deepEqual(intervals({}, 1000).slice(0, 900), new Array(900).fill(1));
});

test('a fraction of the divider is spread over the steps', () => {
  const steps = intervals({ integer: 2, fraction: 128 }, 1000);
  assert.deepEqual(steps.slice(0, 6), [2, 3, 2, 3, 2, 3]);
});

test('the least fraction makes one step in 256 a cycle longer', () => {
  const steps = intervals({ integer: 1, fraction: 1 }, 2000).slice(0, 1024);
  assert.equal(sum(steps), 1024 + 4);
  assert.equal(Math.max(...steps), 2);
  const longer = steps.flatMap((step, i) => (step === 2 ? i : []));
  assert.deepEqual(longer.slice(1).map((at, i) => at - longer[i]), [256, 256, 256]);
});

test('the rate of 44.1 kHz stereo is exact to a 256th of a cycle', () => {
  // 125 MHz / (44100 * 64 * 2) is 22.14: 22 and 37/256.
  const steps = intervals({ integer: 22, fraction: 37 }, 60_000).slice(0, 2560);
  assert.equal(sum(steps), 2560 * 22 + 370);
});

test('an integer part of 0 divides by 65536', () => {
  assert.deepEqual(intervals({ integer: 0 }, 200_000), [65536, 65536, 65536]);
});

test('a delay holds an instruction for as many divided cycles', () => {
  const program = [pioSET(PINS, 1, 4), pioSET(PINS, 0)];
  const { chip, pio } = makeBoard();
  setUp(pio, { program, integer: 3 });
  const edges = edgesOf(chip, 3);
  pio.writeUint32(CTRL, 1);
  chip.run(() => false, 100 / 125e6);
  assert.deepEqual(edges.slice(0, 5).map((edge) => edge - edges[0]), [0, 15, 18, 33, 36]);
});

test('a restart of the divider forgets its fraction', () => {
  const { chip, pio } = makeBoard();
  setUp(pio, { program: TOGGLE, integer: 1, fraction: 255 });
  pio.writeUint32(CTRL, 1);
  chip.run(() => false, 1.5 / 125e6);
  assert.notEqual(pio.machines[0].fraction, 0);
  pio.writeUint32(CTRL, 0x101);
  assert.equal(pio.machines[0].fraction, 0);
});

test('machines of different speed step in the order of time', () => {
  const { chip, pio } = makeBoard();
  setUp(pio, { program: TOGGLE, pin: 3, integer: 5 });
  setUp(pio, { machine: 1, program: TOGGLE, pin: 4, integer: 3 });
  const order = [];
  for (const pin of [3, 4]) chip.pio.watch(pin, () => order.push([chip.pio.now, pin]));
  pio.writeUint32(CTRL, 3);
  chip.run(() => false, 200 / 125e6);
  assert.ok(order.length > 60);
  assert.deepEqual(order, [...order].sort((a, b) => a[0] - b[0]));
});

test('a machine that is switched off stands still, and the chip is not playing', () => {
  const { chip, pio } = makeBoard();
  setUp(pio, { program: TOGGLE });
  const edges = edgesOf(chip, 3);
  pio.writeUint32(CTRL, 1);
  chip.run(() => false, 1e-6);
  assert.equal(chip.playing, true);
  pio.writeUint32(CTRL, 0);
  const { length } = edges;
  assert.equal(chip.run(() => !chip.playing, 1), true);
  chip.run(() => false, 1e-6);
  assert.equal(edges.length, length);
});

test('machines that are held go on in the middle of their step', () => {
  const { chip, pio } = makeBoard();
  setUp(pio, { program: TOGGLE, integer: 10 });
  const edges = edgesOf(chip, 3);
  pio.writeUint32(CTRL, 1);
  chip.run(() => false, 25 / 125e6);
  const before = [...edges];
  chip.pio.hold();
  chip.run(() => false, 1000 / 125e6);
  assert.deepEqual(edges, before);
  chip.pio.resume();
  chip.run(() => false, 25 / 125e6);
  assert.equal(edges[before.length] - before.at(-1), 1010);
});

test('a machine that is switched on while they are held starts when they go on', () => {
  const { chip, pio } = makeBoard();
  setUp(pio, { program: TOGGLE, integer: 10 });
  const edges = edgesOf(chip, 3);
  chip.pio.hold();
  chip.run(() => false, 1000 / 125e6);
  pio.writeUint32(CTRL, 1);
  chip.run(() => false, 1000 / 125e6);
  assert.deepEqual(edges, []);
  chip.pio.resume();
  const { cycles } = chip;
  chip.run(() => false, 25 / 125e6);
  assert.equal(edges[0], cycles + 1);
});

for (const [join, tx, rx] of [[0, 4, 4], [FJOIN_TX, 8, 0], [FJOIN_RX, 0, 8]]) {
  test(`FIFOs joined by ${join >>> 30} hold ${tx} and ${rx} words`, () => {
    const { pio } = makeBoard();
    setUp(pio, { program: [pioJMP(0, 0)], shift: (SHIFT | join) >>> 0 });
    const { txFIFO, rxFIFO } = pio.machines[0];
    assert.deepEqual([txFIFO.size, rxFIFO.size], [tx, rx]);
    for (let i = 0; i < 9; i++) pio.writeUint32(TXF0, i);
    assert.equal(pio.readUint32(FLEVEL) & 0xf, tx);
    assert.equal((pio.readUint32(FDEBUG) >>> 16) & 1, 1);
  });
}

test('a change of the join empties the FIFO, and its DMA is asked for data again', () => {
  const { chip, pio } = makeBoard();
  setUp(pio, { program: [pioJMP(0, 0)] });
  for (let i = 0; i < 4; i++) pio.writeUint32(TXF0, i);
  assert.equal(chip.mcu.dma.dreq[0], false);
  pio.writeUint32(MACHINES + SHIFTCTRL, (SHIFT | FJOIN_TX) >>> 0);
  assert.equal(pio.readUint32(FLEVEL) & 0xf, 0);
  assert.equal(chip.mcu.dma.dreq[0], true);
});

test('a machine without data waits at its pull, and goes on when it comes', () => {
  const { chip, pio } = makeBoard();
  const program = [pioPULL(false, true), pioOUT(PINS, 1), pioOUT(NULL, 32)];
  setUp(pio, { program });
  const edges = edgesOf(chip, 3);
  pio.writeUint32(CTRL, 1);
  chip.run(() => false, 1e-6);
  assert.deepEqual(edges, []);
  const before = chip.cycles;
  pio.writeUint32(TXF0, 1);
  chip.run(() => false, 1e-6);
  assert.equal(edges.length, 1);
  assert.ok(edges[0] - before <= 3);
});

test('an instruction that the core gives a machine is seen on the pins at once', () => {
  const { chip, pio } = makeBoard();
  setUp(pio, { program: TOGGLE });
  const edges = edgesOf(chip, 3);
  pio.writeUint32(MACHINES + INSTR, pioSET(PINS, 1));
  assert.deepEqual(edges, [chip.cycles]);
});

test('a pin that the core itself drives is told of too, with its time', () => {
  const { chip } = makeBoard();
  const { gpio, sio } = chip.mcu;
  gpio[3].ctrl = SIO;
  sio.writeUint32(0x24, 1 << 3);
  const told = [];
  chip.pio.watch(3, (state) => told.push([state, chip.edgeNanos]));
  chip.run(() => false, 1e-6);
  sio.writeUint32(0x14, 1 << 3);
  assert.deepEqual(told, [[1, chip.nanos]]);
});

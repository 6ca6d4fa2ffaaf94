// The state machines of the PIO, stepped by cycles of clk_sys.
//
// rp2040js runs them from a timer of the host, at no particular speed: here each has its clock
// divider, its FIFOs can be joined, and pins are looked at only where somebody watches. A machine
// that waits for a pin sleeps until that changes.
import { Inputs } from './inputs.mjs';

const CTRL = 0x000;
const FIRST_MACHINE = 0x0c8;
const LAST_MACHINE = 0x124;
const MACHINE_SIZE = 0x18;
const SHIFTCTRL = 0x08;
const INSTR = 0x10;
const WAITS_FOR_PIN = 1;

/** All state machines of both PIOs. `next` is the cycle at which one of them is due. */
export class StateMachines {
  /** @param chip what counts `cycles`; its `attention` is raised when machines start or stop */
  constructor(lib, chip, mcu) {
    this.chip = chip;
    this.mcu = mcu;
    this.active = [];
    this.next = Infinity;
    this.watched = [];
    this.mask = 0;
    // The cycle since which they are held, or null.
    this.held = null;
    // The cycle of the step whose pins are being told of.
    this.now = null;
    const now = () => this.now ?? chip.cycles;
    this.inputs = new Inputs(mcu, now, (mask, cycle) => this.#wake(mask, cycle));
    for (const pio of mcu.pio) this.#take(lib, pio);
  }

  #take(lib, pio) {
    const write = pio.writeUint32.bind(pio);
    pio.run = () => {};
    for (const machine of pio.machines) {
      machine.rp2040 = this.inputs.view;
      // The cycle of its next step if it sleeps, else null.
      machine.asleep = null;
    }
    pio.writeUint32 = (offset, value) => {
      const toMachine = offset >= FIRST_MACHINE && offset <= LAST_MACHINE;
      if (toMachine || offset === CTRL) {
        this.inputs.advance(this.chip.cycles);
        this.#wake(-1, this.chip.cycles);
      }
      write(offset, value);
      if (offset === CTRL) this.#control(pio, value);
      else if (toMachine) {
        const machine = pio.machines[Math.floor((offset - FIRST_MACHINE) / MACHINE_SIZE)];
        const register = (offset - FIRST_MACHINE) % MACHINE_SIZE;
        if (register === SHIFTCTRL) join(lib, machine, value);
        else if (register === INSTR) this.#pins(pio, this.chip.cycles);
      }
    };
  }

  #control(pio, value) {
    for (const machine of pio.machines) {
      if (value & (0x100 << machine.index)) machine.fraction = 0;
    }
    const before = this.active;
    this.active = [];
    for (const { machines } of this.mcu.pio) {
      for (const machine of machines) if (machine.enabled) this.active.push(machine);
    }
    if (this.active.length === 0) this.inputs.forget();
    for (const machine of this.active) {
      if (before.includes(machine)) continue;
      machine.fraction = 0;
      machine.asleep = null;
      machine.next = (this.held ?? this.chip.cycles) + 1;
    }
    this.#findNext();
    this.chip.attention = true;
  }

  #findNext() {
    let next = Infinity;
    for (const machine of this.active) if (machine.next < next) next = machine.next;
    this.next = this.held === null ? next : Infinity;
  }

  /** Stops every machine between two steps: nothing moves at the pins, no DMA is asked for. */
  hold() {
    this.held ??= this.chip.cycles;
    this.#findNext();
  }

  /** Lets them go on from there. */
  resume() {
    if (this.held === null) return;
    const pause = this.chip.cycles - this.held;
    for (const machine of this.active) {
      machine.next += pause;
      if (machine.asleep !== null) machine.asleep += pause;
    }
    this.held = null;
    this.#findNext();
  }

  /** Runs every step that is due at a cycle, in the order of time. */
  runTo(cycle) {
    while (this.next <= cycle) {
      const due = this.next;
      for (const machine of this.active) if (machine.next === due) this.#step(machine);
      this.#findNext();
    }
  }

  #step(machine) {
    const before = machine.cycles;
    this.inputs.advance(machine.next);
    // The end of a wait takes its cycle, which rp2040js leaves out.
    if (waitsForPin(machine)) {
      machine.cycles++;
      machine.checkWait();
    } else machine.step();
    // A stalled machine counts no cycle, an instruction one and its delay.
    const steps = Math.max(1, machine.cycles - before);
    this.#pins(machine.pio, machine.next);
    pass(machine, steps);
    if (waitsForPin(machine) && !this.inputs.pending) {
      machine.asleep = machine.next;
      machine.next = Infinity;
    }
  }

  // Machines that sleep, and wait for a pin of a mask, go on with their step at or after a cycle.
  #wake(mask, cycle) {
    for (const machine of this.active) {
      if (machine.asleep === null || !(mask & (1 << machine.waitIndex))) continue;
      machine.next = machine.asleep;
      machine.asleep = null;
      const late = (cycle - machine.next) * 256 - machine.fraction;
      if (late > 0) pass(machine, Math.ceil(late / divider(machine)));
    }
    this.#findNext();
  }

  /** Tells of a pin's state whenever it changes, by whatever drives it. */
  watch(index, listener) {
    const pin = this.mcu.gpio[index];
    pin.addListener(listener);
    this.watched.push(pin);
    this.mask |= 1 << index;
  }

  #pins(pio, cycle) {
    const values = pio.oldPinValues ^ pio.pinValues;
    const directions = pio.oldPinDirections ^ pio.pinDirections;
    pio.oldPinValues = pio.pinValues;
    pio.oldPinDirections = pio.pinDirections;
    const changed = values | directions;
    if (!changed) return;
    this.inputs.update(changed, cycle);
    if (!(changed & this.mask)) return;
    this.now = cycle;
    for (const pin of this.watched) pin.checkForUpdates();
    this.now = null;
  }
}

function waitsForPin(machine) {
  return machine.waiting && machine.waitType === WAITS_FOR_PIN;
}

function divider(machine) {
  return (machine.clockDivInt || 65536) * 256 + machine.clockDivFrac;
}

// Lets the time of so many steps pass for a machine.
function pass(machine, steps) {
  const elapsed = divider(machine) * steps + machine.fraction;
  machine.next += Math.floor(elapsed / 256);
  machine.fraction = elapsed % 256;
}

// FJOIN gives one FIFO the room of both. A change empties them: DREQ must follow, or a second
// I2S never starts.
function join(lib, machine, value) {
  const tx = value & 0x40000000 ? 8 : value & 0x80000000 ? 0 : 4;
  const rx = value & 0x80000000 ? 8 : value & 0x40000000 ? 0 : 4;
  if (machine.txFIFO.size !== tx) machine.txFIFO = new lib.FIFO(tx);
  if (machine.rxFIFO.size !== rx) machine.rxFIFO = new lib.FIFO(rx);
  machine.updateDMATx();
  machine.updateDMARx();
}

// A Raspberry Pi Pico around rp2040js: its parts, and the loop that runs them cycle by cycle.
import { Time } from './clocks.mjs';
import { addCore1 } from './core1.mjs';
import { addCounters } from './counters.mjs';
import { Flash } from './flash.mjs';
import { Messages } from './messages.mjs';
import { StateMachines } from './pio.mjs';
import { Crash, Reset, hex } from './stops.mjs';
import { unsent } from './unsent.mjs';
import { Serial } from './usb.mjs';
import { Cache, addCacheControl } from './xip.mjs';

// What an exception costs on the Cortex-M0+: its latency, and the way back.
const ENTRY_CYCLES = 15;
const RETURN_CYCLES = 12;
const START = 0x10000000;
// What the USB controller needs to hand over a packet.
const DRAIN = 1e6;
// Emulated nanoseconds between two calls of `onProgress`.
const PROGRESS = 1e8;
const BOOTSEL = 1;
const WATCHDOG = 0x40058;

export class Pico {
  cycles = 0;
  idle = 0;
  instructions = 0;
  interrupts = 0;
  /** Nanoseconds from the first power-on to the last reset. */
  born = 0;
  /** Cycles that the instruction being run costs beside its own. */
  extra = 0;
  /** Raised by whatever the caller of `run` should look at. */
  attention = false;
  onProgress = () => {};

  /**
   * @param lib what library.mjs loaded
   * @param {{bootrom: Uint8Array, flash: Uint8Array, xip?: boolean, bootsel?: boolean,
   *   before?: Pico}} parts `before`: the chip whose counters and time go on after a reset
   */
  constructor(lib, { bootrom, flash, xip = false, bootsel = false, before = null }) {
    if (before) this.#goOn(before);
    const messages = new Messages();
    const mcu = new lib.RP2040(new lib.SimulationClock());
    this.mcu = mcu;
    this.core = mcu.core;
    messages.core = mcu.core;
    mcu.logger = messages;
    mcu.loadBootrom(new Uint32Array(Uint8Array.from(bootrom).buffer));
    mcu.flash.set(flash);
    this.time = new Time(this, mcu);
    this.pio = new StateMachines(lib, this, mcu);
    this.serial = new Serial(lib, this, mcu);
    this.flash = new Flash(this, mcu);
    this.marks = addCounters(this, mcu);
    this.cache = xip ? new Cache(this, mcu) : null;
    addCacheControl(mcu, this.cache);
    addCore1(mcu);
    this.#faults();
    if (before) this.#remember(before.mcu);
    // The button pulls the select line of the flash down.
    mcu.qspi[BOOTSEL].padValue |= 0x40;
    mcu.qspi[BOOTSEL].setInputValue(!bootsel);
    this.nextProgress = before?.nextProgress ?? PROGRESS;
    this.core.PC = START;
  }

  #goOn(before) {
    const { cycles, idle, instructions, interrupts, nanos, onProgress } = before;
    Object.assign(this, { cycles, idle, instructions, interrupts, born: nanos, onProgress });
  }

  // What the watchdog keeps over a reset.
  #remember(mcu) {
    const { reason, scratchData } = mcu.peripherals[WATCHDOG];
    Object.assign(this.mcu.peripherals[WATCHDOG], { reason, scratchData });
  }

  #faults() {
    const { core, mcu } = this;
    const enter = core.exceptionEntry.bind(core);
    const leave = core.exceptionReturn.bind(core);
    core.exceptionEntry = (number) => {
      this.extra += ENTRY_CYCLES;
      this.interrupts++;
      enter(number);
    };
    core.exceptionReturn = (value) => {
      this.extra += RETURN_CYCLES;
      leave(value);
    };
    mcu.onBreak = (code) => {
      if (this.flash.call(code)) return;
      throw new Crash(`breakpoint at ${hex(core.PC - core.breakRewind)}`);
    };
    mcu.peripherals[WATCHDOG].onWatchdogTrigger = () => {
      throw new Reset('the program reset the chip');
    };
  }

  get nanos() {
    return this.born + this.time.at(this.cycles);
  }

  /** When the pins changed that a listener is being told of. */
  get edgeNanos() {
    return this.born + this.time.at(this.pio.now ?? this.cycles);
  }

  get seconds() {
    return this.nanos / 1e9;
  }

  get playing() {
    return this.pio.active.length > 0;
  }

  /** Lets time pass in which the core stands still, and PIO and DMA go on. */
  stall(nanos) {
    const end = this.#cycleAt(this.nanos + nanos);
    while (this.cycles < end) this.#pass(this.#quiet(end));
  }

  /** When the core has stopped for good: hands over what was printed before. */
  drain() {
    try {
      this.stall(DRAIN);
    } catch {
      // It has stopped already.
    }
    this.giveUnsent();
  }

  /** Hands over what the program printed and could not send yet. */
  giveUnsent() {
    this.serial.onData(unsent(this.mcu.sram));
  }

  /**
   * Runs until `done()` is true, or for some emulated seconds; whether it was.
   * Throws Crash or Reset.
   */
  run(done, seconds) {
    const end = this.nanos + seconds * 1e9;
    while (!done()) {
      if (this.nanos >= end) return false;
      if (this.nanos >= this.nextProgress) this.#progress();
      this.attention = false;
      // One step at least: a cycle can be a rounding error before the time that it stands for.
      const goal = this.#cycleAt(Math.min(end, this.nextProgress));
      this.#burst(Math.max(goal, this.cycles + 1));
    }
    return true;
  }

  #cycleAt(nanos) {
    return this.time.cycleAt(nanos - this.born);
  }

  #progress() {
    this.nextProgress = Math.floor(this.nanos / PROGRESS + 1) * PROGRESS;
    this.onProgress(this.seconds);
  }

  // Runs to a cycle, or until something needs attention.
  #burst(end) {
    try {
      while (this.cycles < end && !this.attention) {
        if (this.core.waiting) this.#sleep(end);
        else this.#execute();
      }
    } catch (error) {
      if (error instanceof Crash || error instanceof Reset) throw error;
      throw new Crash(`${error.message} at ${hex(this.core.PC - 2)}`);
    }
  }

  #execute() {
    const cycles = this.core.executeInstruction() + this.extra;
    this.instructions++;
    this.extra = 0;
    this.#pass(cycles);
  }

  #sleep(end) {
    const cycles = this.#quiet(end);
    this.idle += cycles;
    this.#pass(cycles);
  }

  // Cycles until something can happen, `end` at the latest.
  #quiet(end) {
    const next = Math.min(end, this.time.nextAlarm(), this.pio.next);
    return Math.max(1, next - this.cycles);
  }

  #pass(cycles) {
    this.cycles += cycles;
    this.time.follow();
    if (this.pio.next <= this.cycles) this.pio.runTo(this.cycles);
  }
}

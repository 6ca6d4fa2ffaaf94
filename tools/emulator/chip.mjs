// A Raspberry Pi Pico around rp2040js: its parts, and the loop that runs them cycle by cycle.
import { Time } from './clocks.mjs';
import { Core } from './core.mjs';
import { addCore1 } from './core1.mjs';
import { addCounters } from './counters.mjs';
import { Flash } from './flash.mjs';
import { Messages } from './messages.mjs';
import { connectPins } from './pins.mjs';
import { StateMachines } from './pio.mjs';
import { Crash, Reset, hex } from './stops.mjs';
import { connectUarts } from './uart.mjs';
import { unsent } from './unsent.mjs';
import { Serial } from './usb.mjs';
import { Cache, addCacheControl, flashDivider } from './xip.mjs';

const START = 0x10000000;
const WATCHDOG = 0x40058;
// The button pulls the select line of the flash down; its pad hears that.
const FLASH_SELECT = 1;
const INPUT_ENABLE = 0x40;
// Emulated nanoseconds between two calls of `onProgress`.
const PROGRESS = 1e8;
// What the USB controller needs to hand over a packet.
const DRAIN = 1e6;

export class Pico {
  /** Of clk_sys since power-on; `idle` are those asleep. */
  cycles = 0;
  idle = 0;
  /** Nanoseconds from the first power-on to the last reset. */
  born = 0;
  /** Raised by whatever the caller of `run` should look at. */
  attention = false;
  nextProgress = PROGRESS;
  onProgress = () => {};

  /**
   * @param lib what library.mjs loaded
   * @param {{bootrom: Uint8Array, flash: Uint8Array, xip?: boolean, bootsel?: boolean,
   *   before?: Pico}} parts `before`: the chip whose counters and time go on after a reset
   */
  constructor(lib, { bootrom, flash, xip = false, bootsel = false, before = null }) {
    const { cycles, idle, nanos, nextProgress, onProgress } = before ?? this;
    Object.assign(this, { cycles, idle, born: nanos, nextProgress, onProgress });
    const mcu = makeMcu(lib, bootrom, flash);
    this.mcu = mcu;
    connectPins(mcu);
    connectUarts(mcu);
    this.time = new Time(this, mcu);
    this.cache = xip ? makeCache(this, mcu) : null;
    this.core = new Core(this, mcu, this.cache, before?.core);
    this.pio = new StateMachines(lib, this, mcu);
    this.serial = new Serial(lib, this, mcu);
    this.flash = new Flash(this, mcu);
    this.marks = addCounters(this, mcu);
    addCacheControl(mcu, this.cache);
    addCore1(mcu);
    addWatchdog(mcu, before?.mcu);
    mcu.qspi[FLASH_SELECT].padValue |= INPUT_ENABLE;
    mcu.qspi[FLASH_SELECT].setInputValue(!bootsel);
    mcu.core.PC = START;
  }

  get instructions() {
    return this.core.instructions;
  }

  get interrupts() {
    return this.core.interrupts;
  }

  /** Nanoseconds since the first power-on. */
  get nanos() {
    return this.born + (this.time?.at(this.cycles) ?? 0);
  }

  get seconds() {
    return this.nanos / 1e9;
  }

  /** When the pins changed that a listener is being told of. */
  get edgeNanos() {
    return this.born + this.time.at(this.pio.now ?? this.cycles);
  }

  get playing() {
    return this.pio.active.length > 0;
  }

  /** Lets time pass in which the core stands still, and PIO and DMA go on. */
  stall(nanos) {
    const end = this.#cycleAt(this.nanos + nanos);
    while (this.cycles < end) this.#wait(end);
  }

  /** Lets the peripherals finish what they began when the core has stopped for good. */
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
        if (this.core.waiting) this.idle += this.#wait(end);
        else this.#execute(end);
      }
    } catch (error) {
      if (error instanceof Crash || error instanceof Reset) throw error;
      throw new Crash(`the emulator failed at ${hex(this.mcu.core.PC - 2)}: ${error.message}`);
    }
  }

  #execute(end) {
    this.core.run(this.#next(end));
    this.#follow();
  }

  // Up to the next event, `end` at the latest; how many cycles that took.
  #wait(end) {
    const cycles = Math.max(1, this.#next(end) - this.cycles);
    this.cycles += cycles;
    this.#follow();
    return cycles;
  }

  #next(end) {
    return Math.min(end, this.time.nextAlarm(), this.pio.next);
  }

  #follow() {
    this.time.follow();
    if (this.pio.next <= this.cycles) this.pio.runTo(this.cycles);
  }
}

function makeMcu(lib, bootrom, flash) {
  const messages = new Messages();
  const mcu = new lib.RP2040(new lib.SimulationClock());
  messages.core = mcu.core;
  mcu.logger = messages;
  mcu.loadBootrom(new Uint32Array(Uint8Array.from(bootrom).buffer));
  mcu.flash.set(flash);
  return mcu;
}

function makeCache(chip, mcu) {
  const charge = (cycles) => (chip.core.extra += cycles);
  return new Cache(charge, () => flashDivider(mcu));
}

// The watchdog keeps its registers over a reset.
function addWatchdog(mcu, before) {
  const watchdog = mcu.peripherals[WATCHDOG];
  watchdog.onWatchdogTrigger = () => {
    throw new Reset('the program reset the chip');
  };
  if (!before) return;
  const { reason, scratchData } = before.peripherals[WATCHDOG];
  Object.assign(watchdog, { reason, scratchData });
}

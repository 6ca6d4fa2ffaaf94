// Time: counted in cycles of clk_sys, kept in nanoseconds whatever frequency they have.

/** Turns cycles into nanoseconds, and runs the alarms of the clock as they become due. */
export class Time {
  /** @param chip what counts `cycles`; its `attention` is raised when the frequency changes */
  constructor(chip, mcu) {
    this.chip = chip;
    this.clock = mcu.clock;
    // Out of reset the ring oscillator runs the chip, until the firmware sets up the PLL.
    mcu.clkSys = mcu.roscFreq;
    this.#from(mcu.clkSys);
    mcu.addClockListener((frequency) => {
      this.#from(frequency);
      chip.attention = true;
    });
  }

  // Counts from here, so that no rounding adds up over the cycles of one frequency.
  #from(frequency) {
    this.frequency = frequency;
    this.nanosPerCycle = 1e9 / frequency;
    this.startCycles = this.chip.cycles;
    this.startNanos = this.clock.nanosCounter;
  }

  /** Nanoseconds since power-on at a cycle, of this frequency. */
  at(cycle) {
    return this.startNanos + (cycle - this.startCycles) * this.nanosPerCycle;
  }

  /** The first cycle at or after a time in nanoseconds. */
  cycleAt(nanos) {
    const cycles = (nanos - this.startNanos) / this.nanosPerCycle;
    return this.startCycles + Math.ceil(cycles - 1e-6);
  }

  /** The cycle of the next alarm; Infinity when none is set. */
  nextAlarm() {
    const alarm = this.clock.nextAlarm;
    return alarm ? this.cycleAt(alarm.nanos) : Infinity;
  }

  /** Lets time come up to the chip's cycles. */
  follow() {
    const { clock } = this;
    const now = this.at(this.chip.cycles);
    const alarm = clock.nextAlarm;
    if (alarm && alarm.nanos <= now) clock.tick(now - clock.nanosCounter);
    clock.nanosCounter = now;
  }
}

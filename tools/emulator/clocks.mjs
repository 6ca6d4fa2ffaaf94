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
    this.alarmNanos = NaN;
  }

  /** Nanoseconds since power-on at a cycle, of this frequency. */
  at(cycle) {
    return this.startNanos + (cycle - this.startCycles) * this.nanosPerCycle;
  }

  /** The first cycle at or after a time in nanoseconds. */
  cycleAt(nanos) {
    const guess = this.startCycles + Math.floor((nanos - this.startNanos) / this.nanosPerCycle);
    // A quotient may be rounded over a whole number.
    let cycle = guess - 1;
    while (this.at(cycle) < nanos) cycle++;
    return cycle;
  }

  /** The cycle of the next alarm; Infinity when none is set. */
  nextAlarm() {
    const alarm = this.clock.nextAlarm;
    if (!alarm) return Infinity;
    if (alarm.nanos !== this.alarmNanos) {
      this.alarmNanos = alarm.nanos;
      this.alarmCycle = this.cycleAt(alarm.nanos);
    }
    return this.alarmCycle;
  }

  /** Lets a device that is looked at know the time of the chip's cycle. */
  show() {
    this.clock.nanosCounter = this.at(this.chip.cycles);
  }

  /** Lets time come up to the chip's cycles, and the alarms that are due by then go off. */
  follow() {
    const { clock } = this;
    const now = this.at(this.chip.cycles);
    const alarm = clock.nextAlarm;
    if (alarm && alarm.nanos <= now) clock.tick(now - clock.nanosCounter);
    clock.nanosCounter = now;
  }
}

// Emulated time held back to wall time.

// Seconds behind wall time that are caught up with; a longer lag is forgotten.
const CATCH_UP = 0.05;

/** Tells how long to wait. Both clocks give seconds, from whenever they began. */
export class Pace {
  /**
   * @param {() => number} emulated
   * @param {() => number} wall
   */
  constructor(emulated, wall) {
    this.emulated = emulated;
    this.wall = wall;
    this.#from();
  }

  #from() {
    this.lead = this.emulated() - this.wall();
  }

  /** Seconds by which emulated time is ahead. */
  ahead() {
    const seconds = this.emulated() - this.wall() - this.lead;
    if (seconds < -CATCH_UP) this.#from();
    return Math.max(0, seconds);
  }
}

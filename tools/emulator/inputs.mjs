// What the state machines see of the pins: their levels of two cycles ago, as a word.
//
// Each pin has a synchroniser in front of the PIOs. rp2040js has none, and looks at all pins at
// every step: here levels are kept, and whoever changes a pin says so. They are kept only from the
// first look of a machine on: most have outputs alone.

const DELAY = 2;

export class Inputs {
  #used = false;
  // What the machines see at the cycle of look().
  #seen = 0;
  #levels = 0;
  // Levels that are on their way, with the cycle at which they are seen.
  #changes = [];

  /**
   * @param now the cycle of what happens at the pins
   * @param {(mask: number, cycle: number) => void} onChange pins that the machines see changed,
   *   and from which cycle on
   */
  constructor(mcu, now, onChange) {
    this.gpio = mcu.gpio;
    this.onChange = onChange;
    for (const pin of mcu.gpio) {
      for (const name of ['checkForUpdates', 'setInputValue']) {
        const happen = pin[name].bind(pin);
        pin[name] = (value) => {
          happen(value);
          this.update(1 << pin.index, now());
        };
      }
    }
    /** In the place of the chip that a machine of rp2040js asks for its pins. */
    this.view = this.#view(mcu);
  }

  #view({ dma }) {
    const inputs = this;
    const gpio = this.gpio.map((_, i) => ({
      get inputValue() {
        return (inputs.#look() & (1 << i)) !== 0;
      },
    }));
    return {
      dma,
      gpio,
      get gpioValues() {
        return inputs.#look();
      },
    };
  }

  #look() {
    if (!this.#used) {
      this.#used = true;
      this.#levels = this.#seen = this.#read(0, (1 << this.gpio.length) - 1);
    }
    return this.#seen;
  }

  /** From now on nobody looks, until a machine does. */
  forget() {
    this.#used = false;
    this.#changes.length = 0;
  }

  // A word of levels, some of them read anew.
  #read(levels, mask) {
    let read = levels & ~mask;
    for (let rest = mask; rest; rest &= rest - 1) {
      const bit = rest & -rest;
      if (this.gpio[31 - Math.clz32(bit)].inputValue) read |= bit;
    }
    return read;
  }

  /** Pins that may have changed at a cycle. */
  update(mask, cycle) {
    if (!this.#used) return;
    const levels = this.#read(this.#levels, mask);
    const changed = levels ^ this.#levels;
    if (!changed) return;
    this.#levels = levels;
    this.#changes.push({ levels, cycle: cycle + DELAY });
    this.onChange(changed, cycle + DELAY);
  }

  /** Machines take their next steps at this cycle, not before. */
  advance(cycle) {
    while (this.#changes.length && this.#changes[0].cycle <= cycle) {
      this.#seen = this.#changes.shift().levels;
    }
  }

  /** Whether there are changes that are not seen yet. */
  get pending() {
    return this.#changes.length > 0;
  }
}

// Frames by their format: a new segment where the width of the words or the frame rate changes.

// The clock divider makes periods that differ by a cycle: far less than this share.
const TOLERANCE = 0.01;
// So many frames at another rate are a change; fewer are a clock that waited.
const CHANGE = 8;
// No frame lasts so many nanoseconds: that was a pause. Streams have 1,000 frames a second.
const PAUSE = 2e6;
// Frames that fit no rate are kept where they are.
const UNDECIDED = 64;

/**
 * @typedef {{file: string, bits: number, frames: number, first_ns: number, last_ns: number,
 *   odd_words: number, rate: number}} Segment times are those of the last bit of a frame
 */

export class Segments {
  /** @param {(bits: number) => {file: string, frame: Function, close: Function}} open */
  constructor(open) {
    this.open = open;
    this.done = [];
    this.current = null;
    this.pending = [];
    this.agreeing = 0;
    this.oddWords = 0;
  }

  /** A frame, the time of its last bit, and the decoder's count of odd words. */
  frame(bits, left, right, ns, oddWords = 0) {
    if (!this.current || this.current.bits !== bits) this.#start(bits);
    this.oddWords = oddWords;
    const { current, pending } = this;
    const before = pending.length ? pending.at(-1).ns : current.last_ns;
    const frame = { left, right, ns, period: current.frames ? ns - before : 0 };
    if (!current.frames) this.#add(frame);
    else if (this.#fits(frame)) this.#settle(frame);
    else this.#doubt(frame);
  }

  #fits({ period }) {
    const { current } = this;
    if (!current.period && period < PAUSE) current.period = period;
    return close(period, current.period);
  }

  #settle(frame) {
    this.#keep();
    this.current.steady += frame.period;
    this.current.periods++;
    this.#add(frame);
  }

  #doubt(frame) {
    const { pending } = this;
    const agrees = pending.length && close(frame.period, pending.at(-1).period);
    this.agreeing = agrees ? this.agreeing + 1 : 1;
    pending.push(frame);
    if (this.agreeing >= CHANGE) this.#change();
    else if (pending.length >= UNDECIDED) this.#keep();
  }

  // The frames in doubt belong to a new rate.
  #change() {
    const { bits } = this.current;
    const pending = this.pending.splice(0);
    this.#start(bits);
    for (const { left, right, ns } of pending) this.frame(bits, left, right, ns, this.oddWords);
  }

  // The frames in doubt belong to the present rate.
  #keep() {
    for (const frame of this.pending.splice(0)) this.#add(frame);
    this.agreeing = 0;
  }

  #add({ left, right, ns }) {
    const { current } = this;
    if (!current.frames) current.first_ns = ns;
    current.writer.frame(left, right);
    current.frames++;
    current.last_ns = ns;
  }

  #start(bits) {
    this.#close();
    const writer = this.open(bits);
    const zero = { frames: 0, first_ns: 0, last_ns: 0, period: 0, steady: 0, periods: 0 };
    this.current = { bits, writer, ...zero, odd: this.oddWords };
    this.agreeing = 0;
  }

  #close() {
    const { current } = this;
    if (!current) return;
    this.#keep();
    current.writer.close();
    const { bits, frames, first_ns, last_ns, periods, steady } = current;
    const rate = periods ? (periods * 1e9) / steady : 0;
    const odd_words = this.oddWords - current.odd;
    this.done.push({
      file: current.writer.file, bits, frames, first_ns, last_ns, odd_words, rate,
    });
    this.current = null;
  }

  /**
   * Ends the segments so far; a frame that comes later starts another one.
   * @returns {Segment[]}
   */
  end(oddWords = this.oddWords) {
    this.oddWords = oddWords;
    this.#close();
    return this.done.splice(0);
  }
}

function close(a, b) {
  return Math.abs(a - b) <= b * TOLERANCE;
}

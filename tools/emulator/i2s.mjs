// The I2S decoder: from the levels of three pins to frames, as a DAC would read them.

// A clock that stood still for so many nanoseconds was stopped: longer than any word.
const STOPPED = 1e5;
const WIDTHS = [16, 32];
const LEFT = 0;

/**
 * Philips I2S: bits count on rising edges of SCK, the first one highest, and WS changes one bit
 * before its channel does. The word it starts in is not complete, and left out.
 */
export class Decoder {
  /** @param {(bits: number, left: number, right: number, ns: number) => void} onFrame */
  constructor(onFrame) {
    this.onFrame = onFrame;
    /** Words of neither 16 nor 32 bits, and pairs of unequal ones. */
    this.oddWords = 0;
    this.sck = 1;
    this.ws = -1;
    this.last = 0;
    this.whole = false;
    // Whether no whole word has come since the clock stood still.
    this.resumed = false;
    this.#begin();
    this.left = null;
  }

  #begin() {
    this.word = 0;
    this.bits = 0;
    this.interrupted = false;
  }

  /** The levels of the pins after any of them changed, and when. */
  edge(sck, ws, sd, ns) {
    if (sck && !this.sck) this.rise(ws, sd, ns);
    this.sck = sck;
  }

  /** A rising edge of SCK, the other pins' levels (0 or 1), and when. */
  rise(ws, sd, ns) {
    if (ns - this.last > STOPPED) this.interrupted = this.resumed = true;
    this.last = ns;
    this.word = (this.word << 1) | sd;
    this.bits++;
    if (ws === this.ws) return;
    if (this.whole) this.#take(this.ws, ns);
    this.whole = this.ws >= 0;
    this.ws = ws;
    this.#begin();
  }

  // A word that the clock's stop cut short is no fault of the sender, nor is one that began before
  // it and has by chance the bits of a whole one, nor are bits that lead up to the first word.
  #take(channel, ns) {
    const { bits, word, interrupted } = this;
    const { left } = this;
    this.left = null;
    if (!WIDTHS.includes(bits)) {
      this.oddWords += this.resumed ? 0 : 1;
      return;
    }
    if (!interrupted) this.resumed = false;
    if (channel === LEFT) this.left = { bits, word, interrupted };
    else if (left && left.bits === bits) this.onFrame(bits, signed(left), signed(this), ns);
    else if (left && !interrupted && !left.interrupted) this.oddWords++;
  }
}

function signed({ bits, word }) {
  return (word << (32 - bits)) >> (32 - bits);
}

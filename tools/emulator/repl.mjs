// The host's end of MicroPython's prompts: friendly, raw, and raw paste.

const BREAK = '\r\x03\x03';
const RAW = '\x01';
const FRIENDLY = '\x02';
const END = 4;
// The answer to the request for raw paste: two letters and the size of its window.
const PASTE = '\x05A\x01';
const HANDSHAKE = 4;
const RAW_PROMPT = 'raw REPL; CTRL-B to exit\r\n>';
const PROMPT = '>>> ';
const GREETED = /for more information\.\r\n>>> $/;
// Bytes that are kept of what came, and those that a prompt is looked for in.
const KEPT = 65536;
const TAIL = 80;
// Emulated seconds within which the chip answers when it waits for input.
const ANSWER = 10;
// An interrupt may be swallowed by the program: it is repeated.
const AGAIN = 0.5;

/** The chip did not come to its prompt. */
export class NoPrompt extends Error {
  constructor() {
    super('no prompt');
  }
}

export class Repl {
  /**
   * @param chip runs, and has a `serial`
   * @param {(bytes: Uint8Array) => void} out is given what the program prints
   */
  constructor(chip, out) {
    this.chip = chip;
    this.out = out;
    this.received = Buffer.alloc(0);
    this.execution = null;
    this.raw = false;
    this.program = false;
    chip.serial.onData = (bytes) => this.#take(Buffer.from(bytes));
  }

  #take(bytes) {
    if (this.execution) this.execution.feed(bytes);
    else if (this.program) this.out(bytes);
    this.received = Buffer.concat([this.received, bytes]).subarray(-KEPT);
  }

  #send(text) {
    this.program = false;
    this.received = Buffer.alloc(0);
    this.chip.serial.send(Buffer.from(text, 'latin1'));
  }

  // The end of what was received: longer than any prompt.
  get #tail() {
    return this.received.toString('latin1', this.received.length - TAIL);
  }

  // Ctrl-B and a soft reset end with MicroPython's greeting and a prompt.
  get #greeted() {
    return GREETED.test(this.#tail);
  }

  #await(done, seconds = ANSWER) {
    if (!this.chip.run(done, seconds)) throw new NoPrompt();
  }

  /** Runs from power-on to the prompt; the line that MicroPython greets with. */
  boot() {
    this.#await(() => this.chip.serial.connected);
    this.#send('\r\n');
    this.#await(() => this.#tail.endsWith(PROMPT));
    return /MicroPython[^\r\n]*/.exec(this.received.toString())?.[0] ?? '';
  }

  /** Soft reset, boot.py and main.py; whether the prompt came in time. */
  restart(seconds) {
    this.#friendly();
    this.#send('\x04');
    this.program = true;
    const ended = this.chip.run(() => this.#greeted, seconds);
    this.program = !ended;
    return ended;
  }

  /** Soft reset and boot.py, to the raw prompt; whether it came in time. */
  restartRaw(seconds) {
    if (!this.raw) this.interrupt(ANSWER);
    this.#send('\x04');
    this.program = true;
    this.raw = this.chip.run(() => this.#tail.endsWith(RAW_PROMPT), seconds);
    this.program = !this.raw;
    return this.raw;
  }

  #friendly() {
    this.#leave();
    this.#send(BREAK + FRIENDLY);
    this.#await(() => this.#greeted);
  }

  // Forgets what was running: it is going to be interrupted.
  #leave() {
    this.execution = null;
    this.raw = false;
  }

  /** Lets it run on; whether `done()` came true. */
  runOn(done, seconds) {
    this.program = true;
    return this.chip.run(done, seconds);
  }

  /** Ctrl-C until the raw prompt comes. Throws NoPrompt. */
  interrupt(seconds) {
    const ended = () => this.#tail.endsWith(RAW_PROMPT);
    const end = this.chip.seconds + seconds;
    this.received = Buffer.alloc(0);
    do {
      this.chip.serial.send(Buffer.from(BREAK + RAW, 'latin1'));
    } while (!this.chip.run(ended, AGAIN) && this.chip.seconds < end);
    if (!ended()) throw new NoPrompt();
    this.#leave();
    this.raw = true;
  }

  /**
   * Runs code; what it took, without the compiling of it. Before it has written the mark `last`
   * nothing that it prints is taken for its end.
   * @returns {{error: string, timeout: boolean, took: object, marks: number[][]}}
   */
  execute(code, seconds, last = null) {
    if (!this.raw) this.interrupt(ANSWER);
    this.#paste(Buffer.from(code));
    const { chip } = this;
    const before = counts(chip);
    chip.marks.length = 0;
    const execution = (this.execution = new Execution(this.out, () => {
      return last === null || chip.marks.some(([tag]) => tag === last);
    }));
    this.raw = false;
    const rest = this.received.subarray(this.received.indexOf(END, HANDSHAKE) + 1);
    execution.feed(rest);
    const ended = chip.run(() => execution.over, seconds);
    const after = counts(chip);
    const took = Object.fromEntries(Object.keys(after).map((k) => [k, after[k] - before[k]]));
    if (ended) this.#ready();
    return { error: execution.error, timeout: !ended, took, marks: [...chip.marks] };
  }

  #ready() {
    this.execution = null;
    this.#await(() => this.received.at(-1) === 0x3e);
    this.raw = true;
  }

  // Hands over the code as fast as the chip takes it, until it has compiled it.
  #paste(code) {
    this.#send(PASTE);
    this.#await(() => this.received.length >= HANDSHAKE);
    const window = this.received.readUInt16LE(2);
    let credit = window;
    let seen = HANDSHAKE;
    for (let at = 0; at < code.length; ) {
      for (; seen < this.received.length; seen++) if (this.received[seen] === 1) credit += window;
      if (this.received.indexOf(END, HANDSHAKE) >= 0) break;
      const size = Math.min(credit, code.length - at);
      this.chip.serial.send(code.subarray(at, at + size));
      at += size;
      credit -= size;
      if (at < code.length) this.#await(() => this.received.length > seen);
    }
    this.chip.serial.send([END]);
    this.#await(() => this.received.indexOf(END, HANDSHAKE) >= 0, 6 * ANSWER);
  }
}

/** What a program leaves on the serial: its output, a traceback, the next prompt. */
class Execution {
  constructor(out, ending) {
    this.out = out;
    this.ending = ending;
    this.traceback = [];
    this.ends = 0;
  }

  get error() {
    return Buffer.concat(this.traceback).toString();
  }

  get over() {
    return this.ends >= 2;
  }

  feed(bytes) {
    if (!this.ending()) {
      this.out(bytes);
      return;
    }
    let from = 0;
    while (!this.over && from < bytes.length) {
      let to = bytes.indexOf(END, from);
      const ended = to >= 0;
      if (!ended) to = bytes.length;
      const part = bytes.subarray(from, to);
      if (this.ends) this.traceback.push(part);
      else if (part.length) this.out(part);
      if (ended) this.ends++;
      from = to + 1;
    }
  }
}

function counts({ cycles, idle, instructions, interrupts }) {
  return { cycles, idle, instructions, interrupts };
}

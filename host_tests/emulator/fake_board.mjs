// A board that speaks MicroPython's prompts, without a chip.

const GREETING =
  'MicroPython v1.28.0 on a test; Board\r\nType "help()" for more information.\r\n>>> ';
const RAW_PROMPT = 'raw REPL; CTRL-B to exit\r\n>';
const STOPPED = 'Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n';

/** Runs "programs": text that they print; one that begins with 'forever' does not end. */
export class FakeBoard {
  marks = [];
  seconds = 0;
  cycles = 0;
  idle = 0;
  instructions = 0;
  interrupts = 0;

  /**
   * @param {{main?: string, window?: number, deaf?: number, stopsAt?: number}} options
   *   main.py; the window of raw paste; Ctrl-Cs that are ignored; the byte of the code at which
   *   the compiler gives up
   */
  constructor({ main = '', window = 32, deaf = 0, stopsAt = Infinity } = {}) {
    Object.assign(this, { main, window, deaf, stopsAt });
    this.mode = 'off';
    this.replies = [];
    this.code = '';
    this.interruptsSent = 0;
    this.serial = { connected: false, onData() {}, send: (bytes) => this.#take(bytes) };
  }

  /** Hands over what was replied, a piece at a time, until `done()`. */
  run(done, seconds) {
    if (this.mode === 'off') this.#start();
    while (!done()) {
      const reply = this.replies.shift();
      if (reply === undefined) {
        this.seconds += seconds;
        return false;
      }
      this.cycles += 100;
      this.serial.onData(Buffer.from(reply, 'latin1'));
    }
    return true;
  }

  #start() {
    this.serial.connected = true;
    this.mode = 'friendly';
    this.#reply(GREETING);
  }

  #reply(text) {
    this.replies.push(text);
  }

  #take(bytes) {
    for (const byte of Buffer.from(bytes)) this.#key(String.fromCharCode(byte));
  }

  #key(key) {
    if (this.mode === 'paste') this.#paste(key);
    else if (key === '\x03') this.#interrupt();
    else if (this.mode === 'running') this.kept = key;
    else if (key === '\x01' && this.ask) this.#startPaste();
    else if (key === '\x01') this.#raw();
    else if (key === '\x02') this.#friendly();
    else if (key === '\x04') this.#softReset();
    else this.ask = key === 'A' && this.mode === 'raw';
  }

  #raw() {
    this.mode = 'raw';
    this.#reply(RAW_PROMPT);
  }

  #friendly() {
    this.mode = 'friendly';
    this.#reply(`\r\n${GREETING}`);
  }

  #interrupt() {
    this.interruptsSent++;
    if (this.deaf-- > 0) return;
    if (this.mode === 'running') this.#reply(this.fromRaw ? `\x04${STOPPED}\x04>` : STOPPED);
    if (this.mode === 'running') this.mode = this.fromRaw ? 'raw' : 'friendly';
    if (this.mode === 'friendly') this.#reply('\r\n>>> ');
  }

  #softReset() {
    this.#reply('\r\nMPY: soft reboot\r\n');
    if (this.mode === 'raw') this.#reply(RAW_PROMPT);
    else this.#program(this.main, GREETING);
  }

  #program(text, end) {
    this.fromRaw = this.mode !== 'friendly';
    for (const piece of text.match(/[^]{1,5}/g) ?? []) this.#reply(piece);
    if (text.startsWith('forever')) this.mode = 'running';
    else this.#reply(end);
  }

  #startPaste() {
    this.mode = 'paste';
    this.ask = false;
    this.code = '';
    this.room = this.window;
    this.#reply(`R\x01${String.fromCharCode(this.window, 0)}`);
  }

  // A byte that is sent without credit would be lost on a board.
  #paste(key) {
    const ended = key === '\x04';
    if (!ended && --this.room < 0) throw new Error('more than the window');
    if (!ended) this.code += key;
    if (!ended && this.code.length < this.stopsAt) {
      if (this.code.length % this.window) return;
      this.room += this.window;
      this.#reply('\x01');
    } else if (!ended && this.code.length === this.stopsAt) this.#reply('\x04');
    else if (ended) this.#compiled();
  }

  #compiled() {
    this.mode = 'raw';
    const failed = this.code.length >= this.stopsAt;
    if (!failed) this.#reply('\x04');
    const [text, error = ''] = failed ? ['', 'SyntaxError'] : this.code.split('|');
    this.#program(text, `\x04${error}\x04>`);
  }
}

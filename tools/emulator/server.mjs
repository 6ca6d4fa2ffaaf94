// Requests and answers of the server: what each of them does to the chip.
import fs from 'node:fs';
import { Repl } from './repl.mjs';
import { Crash, Reset } from './stops.mjs';

// Output is handed on in lumps, and at the latest before an answer.
const LUMP = 4096;
// Of the Pico.
const FLASH_SIZE = 2 * 1024 * 1024;
// What still answers when the core stands.
const STANDING = ['state', 'cut', 'quit'];

export class Server {
  /** @param {(object: object) => void} write sends an event or an answer */
  constructor(chip, config, write) {
    this.chip = chip;
    this.write = write;
    this.ended = null;
    this.pending = [];
    this.size = 0;
    this.repl = new Repl(chip, (bytes) => this.#out(bytes));
    const parent = process.ppid;
    chip.onProgress = (seconds) => {
      if (process.ppid !== parent) process.exit(1); // nobody is there to end a program that loops
      this.#flush();
      write({ at: seconds });
    };
  }

  #out(bytes) {
    this.pending.push(Buffer.from(bytes));
    this.size += bytes.length;
    if (this.size > LUMP) this.#flush();
  }

  #flush() {
    if (this.size) this.write({ out: Buffer.concat(this.pending).toString('base64') });
    this.pending = [];
    this.size = 0;
  }

  /** Answers a line; false when it was the last one. */
  answer(line) {
    let request = {};
    let answer;
    try {
      request = parse(line);
      answer = this.#try(request);
    } catch (error) {
      answer = { ok: false, why: error.message };
    }
    this.#flush();
    const id = 'id' in Object(request) ? { id: request.id } : {};
    this.write({ ...id, ...answer, ...this.#totals() });
    return request.do !== 'quit';
  }

  #try(request) {
    const action = ACTIONS[request.do];
    if (!action) throw new Error(`no such request; there are: ${Object.keys(ACTIONS).join(', ')}`);
    check(request);
    if (this.ended && !STANDING.includes(request.do)) return this.ended;
    try {
      return { ok: true, ...action.call(this, request) };
    } catch (error) {
      if (error instanceof Crash) this.ended = { ok: false, crash: error.message };
      else if (error instanceof Reset) this.ended = { ok: false, reset: true };
      else throw error;
      this.chip.drain();
      return this.ended;
    }
  }

  #totals() {
    const { cycles, seconds, idle, instructions, interrupts } = this.chip;
    return { cycles, seconds, idle, instructions, interrupts };
  }
}

function parse(line) {
  let request;
  try {
    request = JSON.parse(line);
  } catch {
    throw new Error('the request is no JSON');
  }
  if (!request || typeof request !== 'object') throw new Error('the request is no JSON object');
  return request;
}

// What a request must say, and of which type.
const NEEDED = {
  flash: { at: 'number', file: 'string' },
  restart: { seconds: 'number' },
  exec: { code: 'string', seconds: 'number' },
  run: { seconds: 'number' },
  interrupt: { seconds: 'number' },
  send: { data: 'string' },
};

function check(request) {
  for (const [name, type] of Object.entries(NEEDED[request.do] ?? {})) {
    if (typeof request[name] === type) continue;
    throw new Error(`'${request.do}' needs '${name}', a ${type}`);
  }
}

// Each is called on the server, with the request; what it returns is added to the answer.
const ACTIONS = {
  boot() {
    return { banner: this.repl.boot() };
  },

  flash({ at, file }) {
    const bytes = fs.readFileSync(file);
    if (at < 0 || at + bytes.length > FLASH_SIZE) {
      throw new Error(`${bytes.length} bytes at ${at} are not within the flash: ${FLASH_SIZE}`);
    }
    this.chip.mcu.flash.set(bytes, at);
  },

  restart({ seconds, main = true }) {
    return { prompt: main ? this.repl.restart(seconds) : this.repl.restartRaw(seconds) };
  },

  exec({ code, seconds, last = null }) {
    return this.repl.execute(code, seconds, last);
  },

  run({ seconds, while: condition }) {
    const done = condition === 'playing' ? () => !this.chip.playing : () => false;
    this.repl.runOn(done, seconds);
    return { playing: this.chip.playing };
  },

  interrupt({ seconds }) {
    this.repl.interrupt(seconds);
  },

  unsent() {
    this.chip.giveUnsent();
  },

  hold() {
    this.chip.pio.hold();
  },

  resume() {
    this.chip.pio.resume();
  },

  send({ data }) {
    this.chip.serial.send(Buffer.from(data, 'base64'));
  },

  cut() {
    return { sound: this.chip.recorder?.cut() ?? [] };
  },

  state() {
    const { cache, flash, time } = this.chip;
    return {
      xip_hits: cache?.hits ?? 0,
      xip_misses: cache?.misses ?? 0,
      flash_erases: flash.erases,
      flash_pages: flash.pages,
      freq: time.frequency,
    };
  },

  quit() {},
};

// The emulator's processes, with a small program in their flash instead of firmware.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FOLDER, bootrom, code } from './rig.mjs';

const SCRIPTS = fileURLToPath(new URL('../../tools/emulator/', import.meta.url));

/** A folder with the files that a process is started with; it goes when the test is over. */
export function folderFor(t, program, options = {}) {
  const folder = fs.mkdtempSync(join(os.tmpdir(), 'aether-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  fs.writeFileSync(join(folder, 'bootrom.bin'), bootrom());
  fs.writeFileSync(join(folder, 'flash.bin'), code(program));
  const files = { bootrom: join(folder, 'bootrom.bin'), flash: join(folder, 'flash.bin') };
  const config = { rp2040js: FOLDER, ...files, xip: false, i2s: null, sound: null, ...options };
  fs.writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}

/** Starts a script; it is killed when the test is over. */
export function start(t, script, folder) {
  const child = spawn(process.execPath, [join(SCRIPTS, script), join(folder, 'config.json')]);
  const ended = new Promise((resolve) => child.on('exit', (status) => resolve(status)));
  const errors = [];
  child.stderr.on('data', (bytes) => errors.push(bytes));
  t.after(() => child.kill('SIGKILL'));
  return { child, ended, errors: () => Buffer.concat(errors).toString() };
}

/** main.mjs, asked line by line. */
export class Asked {
  constructor(t, program, options) {
    this.folder = folderFor(t, program, options);
    const { child, ended } = start(t, 'main.mjs', this.folder);
    Object.assign(this, { child, ended, events: [] });
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The answer to a line; the events before it are kept. */
  async line(text) {
    this.events = [];
    this.child.stdin.write(`${text}\n`);
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error('the emulator ended without an answer');
      const object = JSON.parse(value);
      if ('ok' in object) return object;
      this.events.push(object);
    }
  }

  ask(what, request = {}) {
    return this.line(JSON.stringify({ do: what, ...request }));
  }
}

// What rp2040js says about the program: most of it means nothing, some of it is a fault.
import { Crash, hex } from './stops.mjs';

/** The logger of rp2040js; `core` is set when there is one. */
export class Messages {
  core = null;

  debug() {}

  // rp2040js only tells of an SEV: without the event, WFE would oversleep.
  info(name, message) {
    if (message === 'SEV') this.core.eventRegistered = true;
  }

  warn(name, message) {
    if (name === 'CortexM0Core' && message.startsWith('Warning: Instruction')) {
      throw new Crash(`undefined instruction at ${hex(this.core.PC - 2)}`);
    }
    if (name === 'RP2040') throw new Crash(`${message} at ${hex(this.core.PC - 2)}`);
  }

  error(name, message) {
    throw new Crash(`${message} at ${hex(this.core.PC - 2)}`);
  }
}

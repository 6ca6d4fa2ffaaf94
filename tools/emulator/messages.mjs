// What rp2040js says about the program: most of it means nothing here.
import { fault } from './stops.mjs';

/** The logger of rp2040js; `core` is set when there is one. */
export class Messages {
  core = null;

  debug() {}

  // rp2040js only tells of an SEV: without the event, WFE would oversleep.
  info(name, message) {
    if (message === 'SEV') this.core.eventRegistered = true;
  }

  warn(name, message) {
    const undefinedOne = name === 'CortexM0Core' && message.startsWith('Warning: Instruction');
    if (undefinedOne) throw fault(this.core.PC - 2, 'undefined instruction');
  }

  error() {}
}

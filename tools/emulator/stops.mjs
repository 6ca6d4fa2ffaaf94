// What ends the run of a program from within, beside its own end.

/** The core cannot go on. The message is one line for the user. */
export class Crash extends Error {}

/** The program reset the chip: machine.reset() or the watchdog. */
export class Reset extends Error {}

/** What a HardFault becomes: stock firmware does no more about one than to stop. */
export function fault(pc, why) {
  return new Crash(`HardFault at ${hex(pc & ~1)}: ${why}`);
}

/** An address as it is written in messages. */
export function hex(address) {
  return '0x' + (address >>> 0).toString(16).padStart(8, '0');
}

// Erasing and programming the flash: the boot ROM's functions are run here, since rp2040js has
// no flash behind its SSI.
import { Crash } from './stops.mjs';

const SECTOR = 4096;
const PAGE = 256;
// Typical figures of the datasheet of the Pico's W25Q16JV.
const ERASE_NANOS = 45e6;
const PROGRAM_NANOS = 0.4e6;
// Where the boot ROM keeps the address of its table of functions.
const TABLE = 0x14;
const BKPT = 0xbe00;
const HOOKS = { RE: 0xe1, RP: 0xe2, UB: 0xe3 };

/** The flash of the chip, and how often it was erased and programmed. */
export class Flash {
  /** @param chip its `stall(nanos)` lets time pass in which the core stands still */
  constructor(chip, mcu) {
    this.chip = chip;
    this.mcu = mcu;
    this.erases = 0;
    this.pages = 0;
    hook(new DataView(mcu.bootrom.buffer));
  }

  /** Runs the function that a breakpoint stands for; false when it is none of ours. */
  call(code) {
    const { core } = this.mcu;
    const [r0, r1, r2] = core.registers;
    if (code === HOOKS.RE) this.erase(r0, r1);
    else if (code === HOOKS.RP) this.program(r0, r1, r2);
    else if (code === HOOKS.UB) {
      throw new Crash('the program calls the USB boot loader, which is not emulated');
    } else return false;
    core.PC = core.LR & ~1;
    return true;
  }

  erase(start, size) {
    this.mcu.flash.fill(0xff, start, start + size);
    const sectors = Math.ceil(size / SECTOR);
    this.erases += sectors;
    this.chip.stall(sectors * ERASE_NANOS);
  }

  // Programming clears bits, it never sets one.
  program(start, source, size) {
    const { mcu } = this;
    for (let i = 0; i < size; i++) mcu.flash[start + i] &= mcu.readUint8(source + i);
    const pages = Math.ceil(size / PAGE);
    this.pages += pages;
    this.chip.stall(pages * PROGRAM_NANOS);
  }
}

// Puts a breakpoint at the start of each function: pairs of a code of two letters and an address.
function hook(rom) {
  for (let at = rom.getUint16(TABLE, true); rom.getUint16(at, true); at += 4) {
    const name = String.fromCharCode(rom.getUint8(at), rom.getUint8(at + 1));
    const address = rom.getUint16(at + 2, true) & ~1;
    if (name in HOOKS) rom.setUint16(address, BKPT | HOOKS[name], true);
  }
}

// What the tests of the emulator share: chips with a small program instead of firmware.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Pico } from '../../tools/emulator/chip.mjs';
import { load } from '../../tools/emulator/library.mjs';

export const FOLDER = process.env.AETHER_RP2040JS;
if (!FOLDER) throw new Error('AETHER_RP2040JS must name the folder of the package rp2040js');

export const lib = await load(FOLDER);
const utility = (name) => import(pathToFileURL(join(FOLDER, 'dist', 'esm', 'utils', name)));
/** Encoders of Thumb and of PIO instructions, such as asm.opcodeMOVS(0, 1). */
export const asm = await utility('assembler.js');
export const pioAsm = await utility('pio-assembler.js');

export const RAM = 0x20000000;
export const FLASH = 0x10000000;
/** Where the made-up boot ROM has its functions. */
export const ERASE = 0x200;
export const PROGRAM = 0x210;
export const USB_BOOT = 0x220;
export const BKPT = 0xbe00;
export const WFI = 0xbf30;
export const WFE = 0xbf20;
export const SEV = 0xbf40;
export const LOOP = 0xe7fe;

/** A boot ROM with no code but a table of functions, as the real one has it. */
export function bootrom() {
  const rom = new DataView(new ArrayBuffer(0x4000));
  rom.setUint32(0, RAM + 0x1000, true);
  rom.setUint16(0x14, 0x100, true);
  const table = ['RE', ERASE, 'RP', PROGRAM, 'UB', USB_BOOT, 'XX', 0x230];
  for (let i = 0; i < table.length; i += 2) {
    const [name, address] = [table[i], table[i + 1]];
    rom.setUint8(0x100 + 2 * i, name.charCodeAt(0));
    rom.setUint8(0x101 + 2 * i, name.charCodeAt(1));
    rom.setUint16(0x102 + 2 * i, address | 1, true);
  }
  return new Uint8Array(rom.buffer);
}

/** Instructions as bytes: halfwords, and words for those of two. */
export function code(program) {
  const halves = program.flatMap((op) => (op > 0xffff ? [op & 0xffff, op >>> 16] : [op]));
  return new Uint8Array(Uint16Array.from(halves).buffer);
}

/** A program that triggers the watchdog: its register and the value are behind it. */
export const RESETS = [
  asm.opcodeLDRlit(1, 4), asm.opcodeLDRlit(0, 8), asm.opcodeSTR(0, 1, 0), LOOP,
  0x40058000, 0x80000000,
];

/** A chip whose flash begins with a program; out of reset, on the ring oscillator. */
export function makeChip(program = [], options = {}) {
  return new Pico(lib, { bootrom: bootrom(), flash: code(program), ...options });
}

/** clk_sys from the PLL: 1500 MHz / 6 / 2 is 125 MHz, or 12 MHz x feedback / divider. */
export function setClock(chip, feedback = 125, postdiv1 = 6, postdiv2 = 2) {
  const { pllSys, clocks } = chip.mcu;
  pllSys.writeUint32(0x8, feedback);
  pllSys.writeUint32(0xc, (postdiv1 << 16) | (postdiv2 << 12));
  clocks.writeUint32(0x3c, 1);
}

/** Sets the handler of an exception: a program in RAM. */
export function setHandler(chip, number, program, at = RAM + 0x800) {
  chip.mcu.core.VTOR = RAM;
  chip.mcu.sram.set(code(program), at - RAM);
  chip.mcu.sramView.setUint32(4 * number, at | 1, true);
}

/** The error that ends a run of the chip. */
export function crashOf(chip, seconds = 0.01) {
  try {
    chip.run(() => false, seconds);
  } catch (error) {
    return error.message;
  }
  return null;
}

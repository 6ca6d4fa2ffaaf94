// Memory as the core sees it: RAM and flash at once, everything else by way of rp2040js.
import { fault, hex } from './stops.mjs';

const RAM = 0x20000000;
const RAM_SIZE = 0x42000;
const ROM_SIZE = 0x4000;
const FLASH = 0x10;
const FLASH_MASK = 0xffffff;
const DPRAM_PAGE = 0x50100;
const SIO_PAGE = 0xd0000;
const PPB_PAGE = 0xe000e;

/** What the core reads and writes. Addresses are any integers of 32 bits, signed or not. */
export class Memory {
  /** Set by whatever may have changed what the chip does next. */
  touched = false;

  /**
   * @param cache charges for reads of flash, or null
   * @param {() => void} beforeDevice called before anything but RAM, flash and ROM is used
   */
  constructor(mcu, cache, beforeDevice) {
    this.mcu = mcu;
    this.cache = cache;
    this.beforeDevice = beforeDevice;
    this.ram8 = mcu.sram;
    this.ram16 = new Uint16Array(mcu.sram.buffer);
    this.ram32 = new Int32Array(mcu.sram.buffer);
    this.flash8 = mcu.flash;
    this.flash16 = new Uint16Array(mcu.flash.buffer);
    this.flash32 = new Int32Array(mcu.flash.buffer);
    this.rom16 = new Uint16Array(mcu.bootrom.buffer);
  }

  /** The halfword of an instruction. */
  fetch(address) {
    if (address >>> 24 === FLASH) {
      this.cache?.touch(address);
      return this.flash16[(address & FLASH_MASK) >>> 1];
    }
    const offset = (address - RAM) >>> 0;
    if (offset < RAM_SIZE) return this.ram16[offset >>> 1];
    if (address >>> 0 < ROM_SIZE) return this.rom16[address >>> 1];
    if (address >>> 26 === FLASH >>> 2) return this.flash16[(address & FLASH_MASK) >>> 1];
    throw fault(address, 'there is no code');
  }

  load32(address) {
    const offset = (address - RAM) >>> 0;
    if (offset < RAM_SIZE && !(offset & 3)) return this.ram32[offset >>> 2];
    if (address >>> 24 === FLASH && !(address & 3)) {
      this.cache?.touch(address);
      return this.flash32[(address & FLASH_MASK) >>> 2];
    }
    if (address >>> 12 === SIO_PAGE && !(address & 3)) return this.#readSio(address);
    this.#prepare(address, 4, false);
    return this.mcu.readUint32(address >>> 0) | 0;
  }

  load16(address) {
    const offset = (address - RAM) >>> 0;
    if (offset < RAM_SIZE && !(offset & 1)) return this.ram16[offset >>> 1];
    if (address >>> 24 === FLASH && !(address & 1)) {
      this.cache?.touch(address);
      return this.flash16[(address & FLASH_MASK) >>> 1];
    }
    this.#prepare(address, 2, false);
    return this.mcu.readUint16(address >>> 0);
  }

  load8(address) {
    const offset = (address - RAM) >>> 0;
    if (offset < RAM_SIZE) return this.ram8[offset];
    if (address >>> 24 === FLASH) {
      this.cache?.touch(address);
      return this.flash8[address & FLASH_MASK];
    }
    this.#prepare(address, 1, false);
    return this.mcu.readUint8(address >>> 0);
  }

  // The ROM takes no notice of what is written to it: stock firmware does write to address 0.
  store32(address, value) {
    const offset = (address - RAM) >>> 0;
    if (offset < RAM_SIZE && !(offset & 3)) this.ram32[offset >>> 2] = value;
    else if (address >>> 12 === SIO_PAGE && !(address & 3)) this.#writeSio(address, value);
    else if (address >>> 0 >= ROM_SIZE || address & 3) {
      this.#prepare(address, 4, true);
      this.mcu.writeUint32(address >>> 0, value >>> 0);
    }
  }

  store16(address, value) {
    const offset = (address - RAM) >>> 0;
    if (offset < RAM_SIZE && !(offset & 1)) this.ram16[offset >>> 1] = value;
    else if (address >>> 0 >= ROM_SIZE || address & 1) {
      this.#prepare(address, 2, true);
      this.mcu.writeUint16(address >>> 0, value & 0xffff);
    }
  }

  store8(address, value) {
    const offset = (address - RAM) >>> 0;
    if (offset < RAM_SIZE) this.ram8[offset] = value;
    else if (address >>> 0 >= ROM_SIZE) {
      this.#prepare(address, 1, true);
      this.mcu.writeUint8(address >>> 0, value & 0xff);
    }
  }

  // Nothing in the SIO sets an alarm or wakes anybody: what was to come next still does.
  #readSio(address) {
    return this.mcu.sio.readUint32(address & 0xfff) | 0;
  }

  #writeSio(address, value) {
    this.mcu.sio.writeUint32(address & 0xfff, value >>> 0);
  }

  // rp2040js lets an access pass that the bus of a chip answers with a fault.
  #prepare(address, size, writing) {
    const why = this.#refusal(address >>> 0, size, writing);
    if (why) {
      const what = `${writing ? 'writes' : 'reads'} ${hex(address)}`;
      throw fault(this.mcu.core.PC - 2, `${what}, ${why}`);
    }
    this.beforeDevice();
    this.touched = true;
  }

  #refusal(address, size, writing) {
    if (address & (size - 1)) return `which is no multiple of ${size}`;
    if (address < ROM_SIZE) return null;
    if (address >>> 26 === FLASH >>> 2) return writing ? 'which is flash' : null;
    const page = address >>> 12;
    if (page === DPRAM_PAGE || page === PPB_PAGE || page === SIO_PAGE) return null;
    return this.mcu.findPeripheral(address) ? null : 'where there is nothing';
  }
}

// A model of the flash cache: 16 KiB, two ways, lines of 8 bytes, the least recently used goes.

const SETS = 1024;
const CONTROL = 0x14000;
const CTRL = 0x0;
const FLUSH = 0x4;
const STAT = 0x8;
// A miss: 28 cycles of the flash's clock, which is a divided clk_sys, and the bus. 64 at the usual
// divider of 2, which is fitted to one published benchmark of a real Pico.
const FLASH_CLOCKS = 28;
const BUS_CYCLES = 8;
const USUAL_DIVIDER = 2;
const SSI = 0x18000;

/** The cache: what the core reads is charged by it, not what the DMA reads. */
export class Cache {
  /**
   * @param {(cycles: number) => void} charge is given the cycles of a miss
   * @param {() => number} divider of the flash's clock
   */
  constructor(charge, divider = () => USUAL_DIVIDER) {
    this.charge = charge;
    this.divider = divider;
    this.hits = 0;
    this.misses = 0;
    this.ways = [new Int32Array(SETS), new Int32Array(SETS)];
    this.recent = new Uint8Array(SETS);
    this.flush();
  }

  flush() {
    for (const way of this.ways) way.fill(-1);
    this.recent.fill(1);
    this.last = -1;
  }

  /** A read from flash: charges the cycles of a miss. */
  touch(address) {
    const line = address >>> 3;
    if (line === this.last) {
      this.hits++;
      return;
    }
    this.last = line;
    const set = line & (SETS - 1);
    for (let way = 0; way < 2; way++) {
      if (this.ways[way][set] !== line) continue;
      this.recent[set] = way;
      this.hits++;
      return;
    }
    const way = 1 - this.recent[set];
    this.ways[way][set] = line;
    this.recent[set] = way;
    this.misses++;
    this.charge(BUS_CYCLES + FLASH_CLOCKS * this.divider());
  }
}

/** The divider that the firmware has set; out of reset it has set none. */
export function flashDivider(mcu) {
  return mcu.peripherals[SSI].baudr || USUAL_DIVIDER;
}

/** Adds the registers of the cache, of which only the flush does something. */
export function addCacheControl(mcu, cache) {
  mcu.peripherals[CONTROL] = {
    // CTRL: enabled, and errors on writes; STAT: flushed, its FIFO empty.
    readUint32: (offset) => (offset === CTRL || offset === STAT ? 3 : 0),
    writeUint32Atomic(offset) {
      if (offset === FLUSH) cache?.flush();
    },
  };
}

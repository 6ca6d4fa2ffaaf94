// A model of the flash cache: 16 KiB, two ways, lines of 8 bytes, the least recently used goes.

const SETS = 1024;
const CONTROL = 0x14000;
const CTRL = 0x0;
const FLUSH = 0x4;
const STAT = 0x8;
// 28 cycles of SCK at clk_sys/2 and the bus: fitted to one published benchmark of a real Pico.
const MISS = 64;

/** The cache: what the core reads is charged by it, not what the DMA reads. */
export class Cache {
  /** @param {(cycles: number) => void} charge is given the cycles of a miss */
  constructor(charge) {
    this.charge = charge;
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
    this.charge(MISS);
  }
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

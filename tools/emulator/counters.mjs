// Registers that no real chip has, at 0x400f0000: a program reads its own cycles from them.

const ADDRESS = 0x400f0;
const CYCLES = 0x0;
const CYCLES_HIGH = 0x4;
const IDLE = 0x8;
const INSTRUCTIONS = 0xc;

/** Adds the registers; a write to the first one is kept in `marks` as [tag, cycle, idle]. */
export function addCounters(chip, mcu) {
  const marks = [];
  mcu.peripherals[ADDRESS] = {
    readUint32(offset) {
      if (offset === CYCLES) return chip.cycles >>> 0;
      if (offset === CYCLES_HIGH) return Math.floor(chip.cycles / 2 ** 32);
      if (offset === IDLE) return chip.idle >>> 0;
      return offset === INSTRUCTIONS ? chip.instructions >>> 0 : 0;
    },
    writeUint32Atomic(offset, tag) {
      if (offset === CYCLES) marks.push([tag, chip.cycles, chip.idle]);
    },
  };
  return marks;
}

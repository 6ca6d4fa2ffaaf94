// The core: runs instructions until something else of the chip is due.
import { Memory } from './memory.mjs';
import { Crash, fault, hex } from './stops.mjs';
import { PC } from './thumb.mjs';
import { addAlu } from './thumb_alu.mjs';
import { addBranches } from './thumb_branch.mjs';
import { addTransfers } from './thumb_memory.mjs';

// What an exception costs on the Cortex-M0+: its latency, and the way back.
const ENTRY_CYCLES = 15;
const RETURN_CYCLES = 12;
const BKPT = 0xbe;
const ROM_SIZE = 0x4000;

export class Core {
  /** Cycles to be added to those of the instruction that is being run. */
  extra = 0;

  /**
   * @param chip what counts `cycles`, knows `time`, and runs the boot ROM's `flash` functions
   * @param cache of the flash, or null
   * @param before the core whose counters go on after a reset
   */
  constructor(chip, mcu, cache, before = null) {
    this.instructions = before?.instructions ?? 0;
    this.interrupts = before?.interrupts ?? 0;
    this.chip = chip;
    this.core = mcu.core;
    this.cache = cache;
    this.registers = new Int32Array(mcu.core.registers.buffer);
    this.memory = new Memory(mcu, cache, () => chip.time.show());
    this.table = this.#table();
    this.#access();
    this.#charge();
    this.#mask();
    mcu.onBreak = (code) => this.#break(code);
  }

  #table() {
    const { core, memory } = this;
    const rest = (instruction, second) => this.#rest(second === undefined ? 1 : 2);
    const table = new Array(1024).fill(rest);
    addAlu(table, core);
    addTransfers(table, core, memory);
    addBranches(table, core, memory, rest);
    return table;
  }

  get waiting() {
    return this.core.waiting;
  }

  // What rp2040js still runs sees the same memory.
  #access() {
    const { core, memory } = this;
    core.readUint32 = (address) => memory.load32(address) >>> 0;
    core.readUint16 = (address) => memory.load16(address);
    core.readUint8 = (address) => memory.load8(address);
    core.writeUint32 = (address, value) => memory.store32(address, value);
    core.writeUint16 = (address, value) => memory.store16(address, value);
    core.writeUint8 = (address, value) => memory.store8(address, value);
  }

  #charge() {
    const { core } = this;
    const enter = core.exceptionEntry.bind(core);
    const leave = core.exceptionReturn.bind(core);
    core.exceptionEntry = (number) => {
      this.extra += ENTRY_CYCLES;
      this.interrupts++;
      enter(number);
    };
    core.exceptionReturn = (value) => {
      this.extra += RETURN_CYCLES;
      leave(value);
    };
  }

  // A masked interrupt ends the core's sleep, but it stays pending: rp2040js would take it.
  #mask() {
    const { core } = this;
    const check = core.checkForInterrupts.bind(core);
    core.checkForInterrupts = () => {
      if (core.waiting && core.PM) return (core.pendingInterrupts & core.enabledInterrupts) !== 0;
      return check();
    };
  }

  #break(code) {
    const { core, chip } = this;
    const at = core.PC - 2;
    if (at < ROM_SIZE && chip.flash.call(code)) return;
    if (core.rp2040.readUint16(at) >>> 8 !== BKPT) throw fault(at, 'undefined instruction');
    throw new Crash(`breakpoint at ${hex(at)}`);
  }

  /** Runs at least one instruction, until a cycle or until a peripheral was touched. */
  run(until) {
    const { chip, core, memory, registers, table } = this;
    memory.touched = false;
    do {
      if (core.interruptsUpdated) core.checkForInterrupts();
      const at = registers[PC] & ~1;
      const instruction = memory.fetch(at);
      registers[PC] = at + 2;
      const cycles = table[instruction >>> 6](instruction);
      this.instructions++;
      chip.cycles += cycles + this.extra;
      this.extra = 0;
    } while (chip.cycles < until && !memory.touched);
  }

  // An instruction that is left to rp2040js, which fetches its halfwords again.
  #rest(fetched) {
    const { core, memory } = this;
    const updated = core.interruptsUpdated;
    core.interruptsUpdated = false;
    core.PC -= 2;
    if (this.cache) this.cache.hits -= fetched;
    this.chip.time.show();
    memory.touched = true;
    const cycles = core.executeInstruction();
    core.interruptsUpdated ||= updated;
    if (core.waiting && core.PM && core.checkForInterrupts()) core.waiting = false;
    return cycles;
  }
}

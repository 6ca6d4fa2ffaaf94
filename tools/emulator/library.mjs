// The parts of the package rp2040js that the emulator is built from.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FILES = ['index.js', 'clock/simulation-clock.js', 'utils/fifo.js'];

/** Loads rp2040js from the folder of the package: its classes by name. */
export async function load(folder) {
  const lib = {};
  for (const file of FILES) {
    Object.assign(lib, await import(pathToFileURL(join(folder, 'dist', 'esm', file))));
  }
  return lib;
}

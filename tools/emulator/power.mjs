// A chip made from a configuration.
import fs from 'node:fs';
import { Pico } from './chip.mjs';
import { load } from './library.mjs';
import { Recorder } from './sound.mjs';

/**
 * Switches a chip on; with `before` it is that chip again after a reset.
 * @param {{rp2040js: string, bootrom: string, flash: string, xip?: boolean, bootsel?: boolean,
 *   i2s?: {sck: number, ws: number, sd: number}, sound?: string}} config folders and files
 */
export async function powerOn(config, before = null) {
  // No date of the host gets into the chip.
  process.env.TZ = 'UTC';
  const lib = await load(config.rp2040js);
  const bootrom = fs.readFileSync(config.bootrom);
  const flash = before?.mcu.flash ?? fs.readFileSync(config.flash);
  const chip = new Pico(lib, { ...config, bootrom, flash, before });
  chip.recorder = recorder(config, before);
  chip.recorder?.listen(chip, config.i2s);
  return chip;
}

function recorder({ i2s, sound }, before) {
  return before?.recorder ?? (i2s && sound ? new Recorder(sound) : null);
}

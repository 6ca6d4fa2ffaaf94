// A chip made from a configuration.
import fs from 'node:fs';
import { Pico } from './chip.mjs';
import { load } from './library.mjs';

/**
 * @param {{rp2040js: string, bootrom: string, flash: string, xip?: boolean, bootsel?: boolean}}
 *   config folder and files; the other keys are not looked at here
 */
export async function powerOn(config) {
  // No date of the host gets into the chip.
  process.env.TZ = 'UTC';
  const lib = await load(config.rp2040js);
  const bootrom = fs.readFileSync(config.bootrom);
  const flash = fs.readFileSync(config.flash);
  return new Pico(lib, { ...config, bootrom, flash });
}

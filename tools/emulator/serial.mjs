// The emulated Pico as a board behind a serial port: its bytes on stdin and stdout.
import fs from 'node:fs';
import { join } from 'node:path';
import { Pace } from './pace.mjs';
import { powerOn } from './power.mjs';
import { Crash, Reset } from './stops.mjs';

// Emulated seconds that are run between two looks at stdin.
const SLICE = 0.002;

const config = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
let chip = await plugIn();

function plugIn(before) {
  return powerOn(config, before).then((board) => {
    board.serial.onData = (bytes) => process.stdout.write(Buffer.from(bytes));
    return board;
  });
}

async function slice() {
  try {
    chip.run(() => false, SLICE);
  } catch (error) {
    if (error instanceof Reset) chip = await plugIn(chip);
    else if (error instanceof Crash) crash(error);
    else throw error;
  }
}

function end(code) {
  if (chip.recorder) {
    const sound = JSON.stringify(chip.recorder.cut());
    fs.writeFileSync(join(config.sound, 'sound.json'), sound);
  }
  process.exit(code);
}

function crash(error) {
  chip.drain();
  process.stderr.write(`${error.message}\n`);
  end(3);
}

async function serve() {
  // Timeouts of the host hold, since emulated time never runs ahead.
  const pace = new Pace(() => chip.seconds, () => performance.now() / 1000);
  for (;;) {
    await slice();
    const wait = pace.ahead();
    await new Promise((go) => (wait ? setTimeout(go, wait * 1000) : setImmediate(go)));
  }
}

process.stdin.on('data', (bytes) => chip.serial.send(bytes));
process.stdin.on('end', () => end(0));
serve();

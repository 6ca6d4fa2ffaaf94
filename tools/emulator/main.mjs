// The emulated Pico as a server: a request a line on stdin, an answer a line on stdout, in JSON.
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { powerOn } from './power.mjs';
import { Server } from './server.mjs';

const config = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const write = (object) => process.stdout.write(JSON.stringify(object) + '\n');
const server = new Server(await powerOn(config), config, write);

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line.trim() && !server.answer(line)) break;
}
process.exit(0);

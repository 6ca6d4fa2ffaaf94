// The recorder: what the I2S pins send, in files of raw frames.
import fs from 'node:fs';
import { join } from 'node:path';
import { Decoder } from './i2s.mjs';
import { Segments } from './segments.mjs';

const CHUNK = 65536;
const HIGH = 1;

/** A file of interleaved little-endian stereo frames, written chunk by chunk. */
class FrameFile {
  constructor(folder, file, bits) {
    this.file = file;
    this.bits = bits;
    this.fd = fs.openSync(join(folder, file), 'w');
    this.chunk = Buffer.alloc(CHUNK);
    this.used = 0;
  }

  frame(left, right) {
    if (this.used === CHUNK) this.#write();
    this.#sample(left);
    this.#sample(right);
  }

  #sample(value) {
    if (this.bits === 16) this.used = this.chunk.writeInt16LE(value, this.used);
    else this.used = this.chunk.writeInt32LE(value, this.used);
  }

  #write() {
    fs.writeSync(this.fd, this.chunk, 0, this.used);
    this.used = 0;
  }

  close() {
    this.#write();
    fs.closeSync(this.fd);
  }
}

/** Records every frame into a folder, from now on. */
export class Recorder {
  constructor(folder) {
    let files = 0;
    this.segments = new Segments(
      (bits) => new FrameFile(folder, `sound-${++files}.raw`, bits),
    );
    this.decoder = new Decoder((bits, left, right, ns) => {
      this.segments.frame(bits, left, right, ns, this.decoder.oddWords);
    });
  }

  /** Listens to the pins of a chip. */
  listen(chip, { sck, ws, sd }) {
    const { gpio } = chip.mcu;
    const level = (pin) => (gpio[pin].outputValue ? 1 : 0);
    chip.pio.watch(sck, (state) => {
      if (state === HIGH) this.decoder.rise(level(ws), level(sd), chip.edgeNanos);
    });
  }

  /** Ends the files so far; what comes later goes into others. */
  cut() {
    return this.segments.end(this.decoder.oddWords);
  }
}

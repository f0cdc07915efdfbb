/** Turns audio of one sample rate into audio of another, block by block, by a windowed sinc. */

const ZERO_CROSSINGS = 12; // on each side: more is sharper, and later
const STEPS = 256; // of the kernel's table, for each input sample

/** One direction of one call. It is late by `delaySeconds`. */
export class Resampler {
  /** @param {number} from Hz @param {number} to Hz */
  constructor(from, to) {
    this.unchanged = from === to;
    this.step = from / to; // input samples for each output sample
    const cutoff = Math.min(1, to / from); // what the lower rate can't carry must not fold back
    this.reach = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.kernel = kernel(this.reach, cutoff);
    this.delaySeconds = this.unchanged ? 0 : this.reach / from;
    this.reset();
  }

  /** Forget what came so far: what comes next does not follow it. */
  reset() {
    this.held = new Float32Array(this.reach);
    this.position = this.reach; // of the next output sample, in `held`
  }

  /**
   * Take input, and return the output that it completes.
   * @param {Float32Array} input
   * @returns {Float32Array}
   */
  push(input) {
    if (this.unchanged) {
      return input;
    }
    const samples = new Float32Array(this.held.length + input.length);
    samples.set(this.held);
    samples.set(input, this.held.length);
    const count = Math.max(0, Math.ceil((samples.length - this.reach - this.position) / this.step));
    const output = new Float32Array(count);
    for (let index = 0; index < count; index++) {
      output[index] = this.at(samples, this.position + index * this.step);
    }
    this.position += count * this.step;
    const done = Math.max(0, Math.floor(this.position) - this.reach);
    this.held = samples.slice(done);
    this.position -= done;
    return output;
  }

  at(samples, position) {
    const middle = Math.floor(position);
    let sum = 0;
    for (let index = Math.max(0, middle - this.reach + 1); index <= middle + this.reach; index++) {
      sum += (samples[index] ?? 0) * this.kernel[Math.round(Math.abs(position - index) * STEPS)];
    }
    return sum;
  }
}

/** Return one half of the kernel, from its middle outwards: a sinc under a Hann window. */
function kernel(reach, cutoff) {
  return Float32Array.from({ length: reach * STEPS + 1 }, (_, index) => {
    const x = index / STEPS;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x * cutoff) / (Math.PI * x * cutoff);
    return cutoff * sinc * Math.cos((Math.PI * x) / (2 * reach)) ** 2;
  });
}

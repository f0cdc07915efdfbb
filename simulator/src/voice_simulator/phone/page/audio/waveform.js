/** The outline of a side of a call, in few numbers: the loudest sample of each 5 ms. */

import { FRAME_MS, peak } from "./frame.js";

const PARTS = 4; // of a frame
export const PART_SECONDS = FRAME_MS / PARTS / 1000;

/** Loudness over time; both lists are as long, and the times rise. */
export class Waveform {
  constructor() {
    this.times = []; // seconds of the call
    this.peaks = []; // from 0 to 1
    this.loudest = 0;
  }

  /** Take a frame that began at a time, in seconds of the call. */
  add(start, samples) {
    const length = samples.length / PARTS;
    for (let part = 0; part < PARTS; part++) {
      this.times.push(start + part * PART_SECONDS);
      const loudness = peak(samples.subarray(part * length, (part + 1) * length));
      this.peaks.push(loudness);
      this.loudest = Math.max(this.loudest, loudness);
    }
  }

  /** Return the index of the first part at a time or later. */
  indexAt(time) {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

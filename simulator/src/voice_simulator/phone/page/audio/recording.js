/** The recording of a call: every frame that was said or heard, where it was in time. */

import { monoWav, stereoWav } from "./wav.js";

export const LONGEST_SECONDS = 1800; // of a recording: half an hour is 115 MB
const DEFAULT_RATE = 16000; // Hz, where nothing was said
const SAME_PLACE_SECONDS = 0.005; // frames this close to each other follow each other

/** Return the first sample of a frame that begins at a time, in seconds of the recording; `end` is the last one's. */
export function sampleAt(time, rate, end) {
  const at = Math.round(time * rate);
  return Math.abs(at - end) < SAME_PLACE_SECONDS * rate ? end : at;
}

/** One side of a call: frames laid out in time. */
class Track {
  constructor() {
    this.frames = []; // {start, samples, rate}; start in seconds of the call
  }

  clear() {
    this.frames = [];
  }

  add(start, samples, rate) {
    if (start < LONGEST_SECONDS) {
      this.frames.push({ start, samples, rate });
    }
  }

  /** Return the samples from one time to another at a rate; where nothing was, silence. */
  laidOut(rate, from, to) {
    const whole = new Int16Array(Math.ceil((to - from) * rate));
    let end = 0;
    for (const frame of this.frames) {
      if (frame.rate !== rate) {
        continue; // the application has changed the call's rate: a WAV file has one
      }
      const at = sampleAt(frame.start - from, rate, end);
      end = at + frame.samples.length;
      if (at >= 0 && end <= whole.length) {
        whole.set(frame.samples, at);
      }
    }
    return whole;
  }

  /** When the last frame ends, in seconds of the call. */
  get end() {
    const last = this.frames.at(-1);
    return last ? last.start + last.samples.length / last.rate + SAME_PLACE_SECONDS : 0;
  }
}

/** Both sides of a call. */
export class Recording {
  constructor() {
    this.said = new Track();
    this.heard = new Track();
  }

  get isEmpty() {
    return !this.said.frames.length && !this.heard.frames.length;
  }

  /** When it begins, in seconds of the call: with the first frame that was said or heard. */
  get begin() {
    return Math.min(...[this.said, this.heard].map(({ frames }) => frames[0]?.start ?? Infinity));
  }

  /** Return a WAV file of what was said between two times, in seconds of the call. */
  saidWav(from, to) {
    const rate = this.said.frames.findLast(({ start }) => start >= from)?.rate ?? DEFAULT_RATE;
    return monoWav(this.said.laidOut(rate, from, to), rate);
  }

  /** Return a WAV file from the first frame on: the caller left, the application right, at the last rate heard. */
  wav() {
    const rate = (this.heard.frames.at(-1) ?? this.said.frames.at(-1)).rate;
    const from = this.begin;
    const to = Math.max(this.said.end, this.heard.end);
    return stereoWav(this.said.laidOut(rate, from, to), this.heard.laidOut(rate, from, to), rate);
  }
}

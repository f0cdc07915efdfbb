/** Plays the frames of a call as they come, behind a buffer that takes up the unevenness of their coming. */

import { peak, toFloats } from "./frame.js";
import { Resampler } from "./resampler.js";

const BUFFER_SECONDS = 0.04; // that the first frame after a silence waits, so that the next ones may be late
const LONGEST_QUEUE = 8; // frames; more wait only if this page stood still, and would be late for ever
const QUEUE_AFTER_DROP = 2; // frames
const DEEP_QUEUE = 3; // frames; while more wait, quiet ones are left out, so that one delay does not stay for ever
const QUIET = 0.003; // of full scale

/**
 * Takes `{time, samples, rate}`: `time` names the frame, and `samples` (Int16Array) are at `rate`.
 * Posts `{time, startsAt}` for each frame that it plays, in ms of the audio clock, and `{dropped}`, the count of
 * frames that it has dropped.
 */
class LoudspeakerWorklet extends AudioWorkletProcessor {
  constructor() {
    super();
    this.dropped = 0;
    this.restart();
    this.port.onmessage = ({ data }) => this.queue(data);
  }

  restart() {
    this.frames = [];
    this.samples = new Float32Array(0); // of the frame that plays now, at the device's rate
    this.playsFrom = Infinity; // seconds of the audio clock, while anything waits or plays
    this.resampler?.reset();
  }

  queue(frame) {
    this.frames.push(frame);
    if (this.playsFrom === Infinity) {
      this.playsFrom = currentTime + BUFFER_SECONDS;
    }
    if (this.frames.length > LONGEST_QUEUE) {
      this.dropped += this.frames.splice(0, this.frames.length - QUEUE_AFTER_DROP).length;
      this.port.postMessage({ dropped: this.dropped });
    }
  }

  process(_inputs, [[output]]) {
    if (currentTime < this.playsFrom) {
      return true;
    }
    for (let filled = 0; filled < output.length; ) {
      if (this.samples.length === 0 && !this.begin(currentTime + filled / sampleRate)) {
        this.restart();
        break; // the rest of the block is silence
      }
      const part = this.samples.subarray(0, output.length - filled);
      output.set(part, filled);
      filled += part.length;
      this.samples = this.samples.subarray(part.length);
    }
    return true;
  }

  /** Take the next frame into play; return whether there was one. */
  begin(startsAt) {
    while (this.frames.length > DEEP_QUEUE && peak(this.frames[0].samples) < QUIET) {
      this.frames.shift();
    }
    const frame = this.frames.shift();
    if (!frame) {
      return false;
    }
    if (frame.rate !== this.rate) {
      this.rate = frame.rate;
      this.resampler = new Resampler(frame.rate, sampleRate);
    }
    this.samples = this.resampler.push(toFloats(frame.samples));
    this.port.postMessage({ time: frame.time, startsAt: 1000 * (startsAt + this.resampler.delaySeconds) });
    return true;
  }
}

registerProcessor("loudspeaker", LoudspeakerWorklet);

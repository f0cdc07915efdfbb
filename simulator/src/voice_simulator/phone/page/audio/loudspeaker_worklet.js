/** Plays the frames of a call as they come, behind a buffer that takes up the unevenness of their coming. */

import { FRAME_MS, peak, toFloats } from "./frame.js";
import { Resampler } from "./resampler.js";

const FRAME_SECONDS = FRAME_MS / 1000;
const BUFFER_SECONDS = 0.04; // that the first frame after a silence waits, so that the next ones may be late
const MOST_BUFFER_SECONDS = 0.12; // on a machine that has often been later than that
const HICCUP_SECONDS = 0.3; // a shorter silence in mid-call was no pause of the application
const LONGEST_QUEUE = 9; // frames; more wait only if this page stood still, and would be late for ever
const QUEUE_AFTER_DROP = 2; // frames
const SPARE_FRAMES = 1; // beyond the buffer; while more wait, quiet ones are left out: one delay must not stay for ever
const QUIET = 0.003; // of full scale

/**
 * Takes `{time, samples, rate}`: `time` names the frame, and `samples` (Int16Array) are at `rate`.
 * Posts `{time, startsAt}` for each frame that it plays, in ms of the audio clock, and `{dropped, ranDry}`, how many
 * frames it has dropped and how often the next one came too late.
 */
class LoudspeakerWorklet extends AudioWorkletProcessor {
  constructor() {
    super();
    this.dropped = this.ranDry = 0;
    this.bufferSeconds = BUFFER_SECONDS;
    this.emptySince = -Infinity; // seconds of the audio clock
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
      this.wait();
    }
    if (this.frames.length > LONGEST_QUEUE) {
      this.dropped += this.frames.splice(0, this.frames.length - QUEUE_AFTER_DROP).length;
      this.tell();
    }
  }

  /** Let the first frame wait; longer than before if it is one that came too late. */
  wait() {
    if (currentTime - this.emptySince < HICCUP_SECONDS) {
      this.bufferSeconds = Math.min(MOST_BUFFER_SECONDS, this.bufferSeconds + FRAME_SECONDS);
      this.ranDry += 1;
      this.tell();
    }
    this.playsFrom = currentTime + this.bufferSeconds;
  }

  tell() {
    this.port.postMessage({ dropped: this.dropped, ranDry: this.ranDry });
  }

  process(_inputs, [[output]]) {
    if (currentTime < this.playsFrom) {
      return true;
    }
    for (let filled = 0; filled < output.length; ) {
      if (this.samples.length === 0 && !this.begin(currentTime + filled / sampleRate)) {
        this.emptySince = currentTime;
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
    const enough = this.bufferSeconds / FRAME_SECONDS + SPARE_FRAMES;
    while (this.frames.length > enough && peak(this.frames[0].samples) < QUIET) {
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

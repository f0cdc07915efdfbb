/** Cuts the microphone's audio, or the bundled speech, into frames of 20 ms at the call's rate. */

import { FRAMES_PER_SECOND, toInt16 } from "./frame.js";
import { Resampler } from "./resampler.js";

/**
 * Posts each frame as `{time, samples}`: the ms of the audio clock at which its last sample was captured.
 * A message `{rate}` changes the call's rate.
 */
class MicrophoneWorklet extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.setRate(processorOptions.rate);
    this.port.onmessage = ({ data }) => this.setRate(data.rate);
  }

  setRate(rate) {
    if (rate !== this.rate) {
      this.rate = rate;
      this.resampler = new Resampler(sampleRate, rate);
      this.frame = new Float32Array(rate / FRAMES_PER_SECOND);
      this.filled = 0;
    }
  }

  process([input], [output]) {
    const block = input[0] ?? new Float32Array(output[0].length); // nothing is connected: silence
    const end = (currentFrame + block.length) / sampleRate - this.resampler.delaySeconds;
    const samples = this.resampler.push(block);
    for (let taken = 0; taken < samples.length; ) {
      const count = Math.min(samples.length - taken, this.frame.length - this.filled);
      this.frame.set(samples.subarray(taken, taken + count), this.filled);
      taken += count;
      this.filled += count;
      if (this.filled === this.frame.length) {
        this.post(1000 * (end - (samples.length - taken) / this.rate));
      }
    }
    return true;
  }

  post(time) {
    const samples = toInt16(this.frame);
    this.port.postMessage({ time, samples }, [samples.buffer]);
    this.filled = 0;
  }
}

registerProcessor("microphone", MicrophoneWorklet);

/** The browser's sound: one audio context, the caller's voice in, the application's audio out. */

import { SoundError, inTime } from "./in_time.js";

// Firefox 153 waits for its audio process to read `outputLatency`: for ever in 11 of 36 calls, and in none of 22 that
// never read it.
const TELLS_LATENCY = !navigator.userAgent.includes("Firefox");
const START_MS = 5000; // a browser without a sound output may never start

/** The sound of one call. Both directions have one clock: the ms of the audio context. */
export class Sound {
  /**
   * @param {object} take what is called: `frame({time, samples})` with each frame of the caller;
   *   `played({time, startsAt})` with each of the application; `lateness({dropped, ranDry})` with this page's counts
   */
  constructor(take) {
    this.take = take;
    this.source = null; // what speaks
  }

  /**
   * Start; the caller is silent until `speakWith`.
   * @param {number} rate Hz of the caller's frames
   * @param {number} volume from 0 to 1
   * @param {AbortSignal} signal that ends the waiting
   * @throws {SoundError|Cancelled}
   */
  async open(rate, volume, signal) {
    const late = new SoundError("The browser's sound did not start: is there a loudspeaker or are there headphones?");
    await inTime(this.start(rate, volume), START_MS, late, signal);
  }

  async start(rate, volume) {
    const context = (this.context = new AudioContext({ latencyHint: "interactive" }));
    const worklets = ["microphone_worklet.js", "loudspeaker_worklet.js"].map((name) => new URL(name, import.meta.url));
    await Promise.all(worklets.map((url) => context.audioWorklet.addModule(url)));
    this.mouth = new GainNode(context);
    this.cutter = new AudioWorkletNode(context, "microphone", {
      channelCount: 1,
      channelCountMode: "explicit",
      processorOptions: { rate },
    });
    this.cutter.port.onmessage = ({ data }) => this.take.frame(data);
    // Its output is silence; only what leads to the destination is sure to run.
    this.mouth.connect(this.cutter).connect(context.destination);
    this.player = new AudioWorkletNode(context, "loudspeaker", { numberOfInputs: 0, outputChannelCount: [1] });
    this.player.port.onmessage = ({ data }) =>
      "dropped" in data ? this.take.lateness(data) : this.take.played(data);
    this.volume = new GainNode(context, { gain: volume });
    this.player.connect(this.volume).connect(context.destination);
    await context.resume();
  }

  /** The ms from the audio clock's time of a sample to its sounding, as far as the browser knows them. */
  get outputMs() {
    const output = TELLS_LATENCY ? this.context.outputLatency : 0;
    return ((output || 0) + (this.context.baseLatency || 0)) * 1000;
  }

  /** Let a source (`{node, end}`) speak instead of the one before, or nothing for null. */
  speakWith(source) {
    this.source?.end();
    this.source = source;
    source?.node.connect(this.mouth);
  }

  setRate(rate) {
    this.cutter.port.postMessage({ rate });
  }

  setMuted(muted) {
    this.mouth.gain.value = muted ? 0 : 1;
  }

  setVolume(volume) {
    this.volume.gain.value = volume;
  }

  /** Play on a device; a browser that can't choose plays on its default. */
  async setLoudspeaker(deviceId) {
    if (deviceId || this.context.sinkId) {
      await this.context.setSinkId?.(deviceId);
    }
  }

  /** Play a frame: `{time, samples, rate}`. */
  play(frame) {
    this.player.port.postMessage(frame, [frame.samples.buffer]);
  }

  async close() {
    this.speakWith(null);
    await this.context?.close();
  }
}

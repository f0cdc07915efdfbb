/** The phone: places a call, carries its sound between the browser and the simulator, and hangs up. */

import { BrowserDelay } from "../audio/browser_delay.js";
import { openVoice, startSound } from "../audio/call_sound.js";
import { SAID, peak } from "../audio/frame.js";
import { Call } from "./call.js";
import { SimulatorSocket } from "./simulator_socket.js";

const OUTSIDE_CALLS = new Set(["hello", "error", "not_placed", "sent_again"]);
const LAST_WORDS_MS = 300; // what the loudspeaker still has when a call ends

/** One phone for the page; one call at a time. */
export class Phone {
  /**
   * @param {object} settings as `readSettings` gives them, and `microphone` and `loudspeaker`, ids of devices, empty
   *   for the browser's choice
   * @param {object} take what is called: `waits(words)` while a call is placed, `placed(call)`, and `opened(call)` with
   *   one that was kept; `entry(entry)` with each entry that is new or has changed; `event(event)` with each event;
   *   `said(peak)` and `heard(peak)` with each frame's loudness; `lost(inCall)` without the simulator
   */
  constructor(settings, take) {
    this.settings = settings;
    this.take = take;
    this.call = new Call(take.entry);
    this.delay = new BrowserDelay();
    this.sound = null;
    this.placing = null; // an AbortController, while the browser's sound and microphone are opened
    this.muted = false;
    this.socket = new SimulatorSocket({
      event: (event) => this.takeEvent(event),
      frame: (frame) => this.takeFrame(frame),
      lost: () => {
        const { inCall } = this;
        if (inCall) {
          this.call.lose();
          this.end();
        }
        take.lost(inCall);
      },
    });
  }

  get inCall() {
    return this.sound !== null;
  }

  /**
   * Place a call.
   * @param {object} application its fields that aren't the simulator's own: `answer_url`, `method`, `from`, `to`
   * @throws {SoundError|Cancelled}
   */
  async place(application) {
    this.placing = new AbortController();
    try {
      const started = await startSound(this.settings, this.muted, this.placing.signal, {
        frame: (frame) => this.sendFrame(frame),
        waits: this.take.waits,
      });
      Object.assign(this, started);
    } finally {
      this.placing = null;
    }
    this.call = new Call(this.take.entry);
    this.take.placed(this.call);
    this.socket.send("call", { voice: this.settings.voice, ...application });
  }

  /** Give a call up that is still being placed. */
  cancel() {
    this.placing?.abort();
  }

  /** Show a call that was kept, in place of the last one. */
  open(trace) {
    this.call = new Call(this.take.entry);
    this.delay = { figures: trace.page?.browser ?? new BrowserDelay().figures };
    this.take.opened(this.call);
    this.call.open(trace);
  }

  /** Let the microphone speak, or the bundled speech, which the simulator speaks. Raises MicrophoneError. */
  async setVoice(voice) {
    const { sound } = this;
    if (sound) {
      const source = await openVoice(sound, voice, this.settings, new AbortController().signal);
      if (sound !== this.sound) {
        source?.end(); // the call is over
        return;
      }
      sound.speakWith(source);
      sound.setMuted(this.muted);
      this.socket.send("voice", { voice });
    }
    this.settings.voice = voice;
  }

  setMuted(muted) {
    this.muted = muted;
    this.sound?.setMuted(muted);
  }

  setVolume(volume) {
    this.settings.volume = volume;
    this.sound?.setVolume(volume);
  }

  /** Play on a device from now on. */
  setLoudspeaker(deviceId) {
    this.settings.loudspeaker = deviceId;
    return this.sound?.setLoudspeaker(deviceId);
  }

  press(digit) {
    this.socket.send("key", { digit });
  }

  /** Break something: see the protocol for the faults, and for how long a stall may last. */
  breakIt(fault, seconds) {
    this.socket.send("fault", { fault, seconds });
  }

  /** Send a request of the last call once more; the response comes as an event. */
  sendAgain(id) {
    this.socket.send("send_again", { id });
  }

  hangUp() {
    this.socket.send("hang_up");
  }

  sendFrame(frame) {
    if (this.settings.voice === "microphone") {
      this.delay.sent(frame.time, performance.now());
      this.socket.sendFrame(frame);
      this.take.said(peak(frame.samples));
    }
  }

  takeFrame(frame) {
    this.call.takeFrame(frame);
    const { kind, captured, samples, rate } = frame;
    if (kind !== SAID) {
      this.take.heard(peak(samples));
      this.delay.cameBack(captured, performance.now());
      this.sound?.play({ time: captured, samples: samples.slice(), rate });
    } else if (this.settings.voice === "speech") {
      this.take.said(peak(samples));
    }
  }

  takeEvent(event) {
    if (!OUTSIDE_CALLS.has(event.event)) {
      this.call.takeEvent(event);
    }
    if (event.event === "socket_opened") {
      this.sound?.setRate(event.rate);
    }
    this.take.event(event);
    if (event.event === "judged" || event.event === "not_placed") {
      this.end();
    }
  }

  /** Close the browser's sound, once it has played what it has. */
  end() {
    const { sound } = this;
    this.sound = null;
    if (sound) {
      sound.speakWith(null);
      setTimeout(() => sound.close(), LAST_WORDS_MS);
    }
  }
}

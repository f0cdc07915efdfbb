/** The phone: places a call, carries its sound between the browser and the simulator, and hangs up. */

import { BrowserDelay } from "../audio/browser_delay.js";
import { SAID, peak } from "../audio/frame.js";
import { openMicrophone } from "../audio/microphone.js";
import { Sound } from "../audio/sound.js";
import { Call } from "./call.js";
import { SimulatorSocket } from "./simulator_socket.js";

const FIRST_RATE = 16000; // Hz, until an event names another
const OUTSIDE_CALLS = new Set(["hello", "error", "busy"]);
const LAST_WORDS_MS = 300; // what the loudspeaker still has when a call ends

/** One phone for the page; one call at a time. */
export class Phone {
  /**
   * @param {object} settings as `readSettings` gives them, and `microphone` and `loudspeaker`, ids of devices, empty
   *   for the browser's choice
   * @param {object} take what is called: `placed(call)`; `entry(entry)` with each entry that is new or has changed;
   *   `event(event)` with each event; `said(peak)` and `heard(peak)` with each frame's loudness; `lost()` without the
   *   simulator
   */
  constructor(settings, take) {
    this.settings = settings;
    this.take = take;
    this.call = new Call(take.entry);
    this.delay = new BrowserDelay();
    this.sound = null;
    this.muted = false;
    this.socket = new SimulatorSocket({
      event: (event) => this.takeEvent(event),
      frame: (frame) => this.takeFrame(frame),
      lost: () => {
        if (this.inCall) {
          this.call.lose();
          this.end();
        }
        take.lost();
      },
    });
  }

  get inCall() {
    return this.sound !== null;
  }

  /** Place a call. Raises MicrophoneError. */
  async place() {
    const { voice, volume, loudspeaker } = this.settings;
    this.delay = new BrowserDelay();
    const sound = (this.sound = new Sound({
      frame: (frame) => this.sendFrame(frame),
      played: ({ time, startsAt }) => this.delay.played(time, startsAt + sound.outputMs),
      lateness: (counts) => this.delay.count(counts),
    }));
    try {
      await sound.open(FIRST_RATE, volume);
      await sound.setLoudspeaker(loudspeaker);
      await this.openVoice();
    } catch (error) {
      this.end();
      throw error;
    }
    this.call = new Call(this.take.entry);
    this.take.placed(this.call);
    this.socket.send("call", { voice });
  }

  /** Show a call that was kept, in place of the last one. */
  open(trace) {
    this.call = new Call(this.take.entry);
    this.delay = { figures: trace.page?.browser ?? new BrowserDelay().figures };
    this.take.placed(this.call);
    this.call.open(trace);
  }

  /** Let the microphone speak, or the bundled speech, which the simulator speaks. Raises MicrophoneError. */
  async setVoice(voice) {
    this.settings.voice = voice;
    if (this.sound) {
      await this.openVoice();
      this.socket.send("voice", { voice });
    }
  }

  async openVoice() {
    const { voice, microphone, echoCancelled } = this.settings;
    const { sound } = this;
    sound.speakWith(voice === "speech" ? null : await openMicrophone(sound.context, microphone, echoCancelled));
    sound.setMuted(this.muted);
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

  /** Break something: see the protocol for the faults. */
  breakIt(fault) {
    this.socket.send("fault", { fault });
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
    if (event.event === "judged" || event.event === "busy") {
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

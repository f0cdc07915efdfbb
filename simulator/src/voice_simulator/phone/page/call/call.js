/** One call as the page knows it: its sound, its events, its figures, and the entries made of them. */

import { SAID } from "../audio/frame.js";
import { Recording } from "../audio/recording.js";
import { Waveform } from "../audio/waveform.js";
import { Story } from "./story.js";

/** Fills while the call goes on; times are seconds on the call's clock. */
export class Call {
  /** @param {(entry: object) => void} told called with each entry that is new or has changed */
  constructor(told) {
    this.said = new Waveform();
    this.heard = new Waveform();
    this.recording = new Recording();
    this.story = new Story(told);
    this.trace = []; // every event, as it came
    this.points = []; // the figures, four a second
    this.begun = null; // the event
    this.answeredAt = null;
    this.ended = null; // the event
    this.offset = Infinity; // from the call's clock to the page's, in seconds
  }

  get entries() {
    return this.story.entries;
  }

  /** How long the call has lasted, or did last. */
  get now() {
    if (this.ended) {
      return this.endedAt;
    }
    return this.offset === Infinity ? 0 : performance.now() / 1000 - this.offset;
  }

  get isOver() {
    return this.ended !== null;
  }

  takeFrame({ kind, at, samples, rate }) {
    const said = kind === SAID;
    (said ? this.said : this.heard).add(at, samples);
    (said ? this.recording.said : this.recording.heard).add(at, samples, rate);
    this.setClock(at);
  }

  /** The last figures; none before the first. */
  get figures() {
    return this.points.at(-1) ?? {};
  }

  takeEvent(event) {
    this.trace.push(event);
    if (event.at !== null) {
      this.setClock(event.at);
    }
    switch (event.event) {
      case "call_began":
        this.begun = event;
        break;
      case "call_answered":
        this.answeredAt = event.at;
        break;
      case "figures":
        this.points.push(event);
        return;
      case "call_ended":
        this.endedAt = event.at ?? this.now;
        this.ended = event;
    }
    this.story.tell(event);
  }

  /** End the call here, as nobody tells its end any more. */
  lose() {
    const errors = ["the page has lost the simulator"];
    this.takeEvent({ event: "judged", at: this.now, outcome: "not_judged", errors, warnings: [] });
    this.takeEvent({ event: "call_ended", at: this.now, why: "lost" });
  }

  /** Learn the clock from what comes: what came fastest tells it best. */
  setClock(at) {
    this.offset = Math.min(this.offset, performance.now() / 1000 - at);
  }
}

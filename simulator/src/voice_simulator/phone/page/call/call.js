/** One call as the page knows it: its sound, its events, its figures, and the entries made of them. */

import { FRAMES_PER_SECOND, SAID } from "../audio/frame.js";
import { Recording, sampleAt } from "../audio/recording.js";
import { Waveform } from "../audio/waveform.js";
import { Story } from "./story.js";
import { figuresOf, pointsOf } from "./trace.js";

/** Fills while the call goes on; times are seconds on the call's clock. */
export class Call {
  /** @param {(entry: object) => void} told called with each entry that is new or has changed */
  constructor(told) {
    this.said = new Waveform();
    this.heard = new Waveform();
    this.recording = new Recording();
    this.story = new Story(told);
    this.trace = []; // the events of its record, as they came
    this.frames = null; // what became of them, once the call is over
    this.points = []; // the figures, four a second
    this.figures = {}; // the last of them
    this.begun = null; // the event
    this.answeredAt = null;
    this.endedAt = null; // once the call is over
    this.ended = null; // the event, once its verdict is there
    this.cause = null; // why it went wrong, if it did: a sentence, and the number of the event that shows it
    this.offset = Infinity; // from the call's clock to the page's, in seconds
  }

  get entries() {
    return this.story.entries;
  }

  /** How long the call has lasted, or did last. */
  get now() {
    if (this.endedAt !== null) {
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

  /** Who speaks when: pairs of seconds of the call, by `caller`, `noises` and `agent`. */
  get speakers() {
    const begin = this.frames?.first_at ?? this.said.times[0] ?? this.answeredAt ?? 0;
    const moved = ([from, to]) => [from + begin, to + begin];
    const known = Object.entries(this.figures.speakers ?? {});
    return Object.fromEntries(known.map(([who, pairs]) => [who, pairs.map(moved)]));
  }

  /** The application's answer webhook. */
  get answerUrl() {
    return this.trace.find(({ webhook }) => webhook === "answer")?.url ?? "";
  }

  /** Take what the simulator sends: an event of the record, the figures, or at the end what became of the frames. */
  takeEvent(event) {
    if (event.event === "figures") {
      this.points.push(event);
      this.figures = event;
    } else if (event.event === "frames") {
      this.frames = event.frames;
    } else {
      this.setClock(event.at);
      this.takeRecorded(event);
    }
  }

  takeRecorded(event) {
    this.trace.push(event);
    switch (event.event) {
      case "call_began":
        this.begun = event;
        break;
      case "call_answered":
        this.answeredAt = event.at;
        break;
      case "call_ended":
        this.endedAt = event.at;
        break;
      case "judged":
        this.cause = event.cause ?? (event.errors.length ? { sentence: event.errors[0] } : null);
        this.ended = this.trace.find((each) => each.event === "call_ended");
    }
    this.story.tell(event);
  }

  /** Fill with a call that was kept as a trace. */
  open({ events, frames, page, turns, speakers }) {
    this.frames = frames;
    events.forEach((event) => this.takeRecorded(event));
    this.endedAt ??= events.at(-1)?.at ?? 0;
    this.ended ??= { why: "lost" };
    this.points = pointsOf(this);
    this.figures = page?.figures ?? figuresOf({ frames, turns, speakers });
  }

  /** Add the recording of a call that was opened: both begin with the first frame that was said or heard. */
  addSound(sound) {
    const { first_at: first, fates, heard_at: heardAt } = this.frames;
    const saidAt = [...fates].map((_, number) => first + number / FRAMES_PER_SECOND);
    const begin = Math.min(saidAt[0] ?? Infinity, heardAt[0] ?? Infinity);
    this.layOut(sound, saidAt, heardAt, begin);
  }

  /** Fill with a recording alone. */
  openSound(sound) {
    const count = Math.floor((sound.left.length / sound.rate) * FRAMES_PER_SECOND);
    const times = Array.from({ length: count }, (_, number) => number / FRAMES_PER_SECOND);
    this.layOut(sound, times, times, 0);
    this.endedAt = count / FRAMES_PER_SECOND;
    this.ended = { why: "recording" };
  }

  layOut({ left, right, rate }, saidAt, heardAt, begin) {
    const size = rate / FRAMES_PER_SECOND;
    for (const [times, side, samples] of [
      [saidAt, "said", left],
      [heardAt, "heard", right],
    ]) {
      this[side] = new Waveform();
      this.recording[side].clear();
      let start = -size;
      for (const at of times) {
        start = sampleAt(at - begin, rate, start + size);
        const frame = samples.slice(start, start + size);
        this[side].add(at, frame);
        this.recording[side].add(at, frame, rate);
      }
    }
  }

  /** End the call here, as nobody tells its end any more. */
  lose() {
    const errors = ["The page has lost the simulator"];
    this.takeRecorded({ event: "call_ended", at: this.now, why: "lost" });
    this.takeRecorded({ event: "judged", at: this.endedAt, outcome: "not_judged", errors, warnings: [] });
  }

  /** Learn the clock from what comes: what came fastest tells it best. */
  setClock(at) {
    this.offset = Math.min(this.offset, performance.now() / 1000 - at);
  }
}

/** What happened, in three views of the same entries: the time axis, the list, and the details of the one chosen. */

import { byId } from "./element.js";
import { showDetails, showNoDetails } from "./event_details.js";
import { EventList } from "./event_list.js";
import { Timeline } from "../drawing/timeline.js";

const DRAW_MS = 100; // ten pictures a second are enough, and leave the machine to the audio
const HINT = "Choose an entry, here or on the time axis, to see the request, the answer and the JSON behind it.";

/** Shows a call, and draws it again while it lasts. */
export class CourseView {
  constructor() {
    const choose = (entry) => this.choose(entry);
    this.timeline = new Timeline(byId("timeline"), choose);
    this.list = new EventList(byId("list"), choose);
    this.details = byId("details");
    this.whole = true;
    window.addEventListener("resize", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    setInterval(() => this.call && !this.call.isOver && this.draw(), DRAW_MS);
  }

  /** Show a call, an empty one before the first. */
  show(call) {
    this.call = call;
    this.chosen = null;
    this.list.clear();
    showNoDetails(this.details, HINT);
    this.draw();
  }

  /** Show an entry that is new or has changed. */
  tell(entry) {
    this.list.show(entry);
    if (entry === this.chosen) {
      showDetails(this.details, entry);
    }
  }

  choose(entry) {
    this.chosen = entry;
    this.list.select(entry);
    showDetails(this.details, entry);
    this.draw();
  }

  setWhole(whole) {
    this.whole = whole;
    this.draw();
  }

  draw() {
    if (!document.hidden) {
      this.timeline.draw(this.call, this.chosen, this.whole);
    }
  }
}

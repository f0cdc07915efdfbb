/** What happened, in three views of the same entries: the time axis, the list, and the details of the one chosen. */

import { Timeline } from "../drawing/timeline.js";
import { byId } from "./element.js";
import { showDetails, showNoDetails } from "./event_details.js";
import { EventList } from "./event_list.js";

const DRAW_MS = 100; // ten pictures a second are enough
const PAUSES = 10; // times as long as a picture takes: most of the time is the audio's, however long the call
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
    this.drawAgainAt = 0; // ms of the page's clock
    setInterval(() => this.drawLive(), DRAW_MS);
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

  drawLive() {
    if (!this.call.isOver && !document.hidden && performance.now() >= this.drawAgainAt) {
      this.draw();
    }
  }

  draw() {
    const begunAt = performance.now();
    this.timeline.draw(this.call, this.chosen, this.whole);
    this.drawAgainAt = begunAt + PAUSES * (performance.now() - begunAt);
  }
}

/** What happened, in three views of the same entries: the timeline, the list, and the details of the one chosen. */

import { reading } from "../drawing/reading.js";
import { drawTimeline } from "../drawing/timeline.js";
import { View } from "../drawing/view.js";
import { Axis, showReading } from "./axis.js";
import { byId } from "./element.js";
import { showDetails, showNoDetails } from "./event_details.js";
import { EventList } from "./event_list.js";

const DRAW_MS = 100; // ten pictures a second are enough
const PAUSES = 10; // times as long as a picture takes: most of the time is the audio's, however long the call
const HINT = "Choose an entry here or on the timeline, to see the request, the response and the JSON.";
const NEAR = 0.02; // of the time shown

/** Shows a call, and draws it again while it lasts. */
export class CourseView {
  /** @param {object} take what is called: `seek(time)` with a place on the timeline; `sendAgain(entry)` */
  constructor(take) {
    this.take = take;
    this.view = new View();
    this.places = []; // of the entries on the timeline
    this.list = new EventList(byId("list"), (entry) => this.choose(entry));
    this.details = byId("details");
    this.axis = new Axis(this);
    this.cursorAt = null; // seconds of the call: what is being played
    new ResizeObserver(() => this.draw()).observe(byId("surface"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.drawAgainAt = 0; // ms of the page's clock
    setInterval(() => this.drawLive(), DRAW_MS);
  }

  /** Show a call, an empty one before the first. */
  start(call, isLive = true) {
    this.call = call;
    this.chosen = null;
    this.view.follow();
    this.list.clear(isLive);
    this.cursorAt = null;
    showReading("");
    showNoDetails(this.details, HINT);
    this.draw();
  }

  /** Show an entry that is new or has changed. */
  tell(entry) {
    this.list.show(entry);
    if (entry === this.chosen) {
      this.showDetails();
    }
  }

  choose(entry) {
    this.chosen = entry;
    this.list.select(entry);
    this.showDetails();
    this.view.reveal(this.call, entry.at);
    this.draw();
    return true;
  }

  showDetails() {
    showDetails(this.details, this.chosen, this.take.sendAgain);
  }

  /** Show the whole call, or what happens now. */
  show(what) {
    what === "whole" ? this.view.showWhole() : this.view.follow();
    this.draw();
    return true;
  }

  reveal(time) {
    this.view.reveal(this.call, time);
    this.draw();
  }

  /** Say what was the case at a time, null for none. */
  read(time, entry, live) {
    place(byId("hover"), time === null ? null : this.paper.x(time), this.paper);
    if (time !== null) {
      showReading(reading(this.call, Math.max(0, time), entry), live);
    }
  }

  /** Return the entry that is next to a time, if one is near. */
  near(time) {
    const distance = (entry) => Math.abs(entry.at - time);
    const nearest = this.call.entries.toSorted((one, other) => distance(one) - distance(other))[0];
    return nearest && distance(nearest) < NEAR * (this.shown.to - this.shown.from) ? nearest : undefined;
  }

  chooseNear(time) {
    const entry = this.near(time);
    return entry ? this.choose(entry) : true;
  }

  seek(time) {
    this.take.seek(time);
  }

  /** Show where a recording plays, null for nowhere. */
  setCursor(time) {
    this.cursorAt = time;
    if (time !== null && this.view.reveal(this.call, time)) {
      this.draw();
    } else {
      this.placeCursor();
    }
  }

  placeCursor() {
    place(byId("cursor"), this.cursorAt === null ? null : this.paper.x(this.cursorAt), this.paper);
  }

  get shown() {
    return this.view.of(this.call);
  }

  drawLive() {
    if (!this.call.isOver && !document.hidden && performance.now() >= this.drawAgainAt) {
      this.draw();
    }
  }

  draw() {
    if (!this.call) {
      return;
    }
    const begunAt = performance.now();
    const drawn = drawTimeline(byId("timeline"), this.call, this.shown, this.chosen);
    Object.assign(this, drawn);
    const isWhole = this.view.chosen === null && (this.view.whole || this.call.isOver);
    byId("whole").setAttribute("aria-pressed", String(isWhole));
    this.placeCursor();
    this.drawAgainAt = begunAt + PAUSES * (performance.now() - begunAt);
  }
}

/** Put a line over the timeline at px from the left; hide it outside the axis. */
function place(line, x, paper) {
  const isShown = x !== null && x >= paper.left - 1 && x <= paper.right + 1;
  line.hidden = !isShown;
  if (isShown) {
    line.style.transform = `translateX(${x}px)`;
  }
}

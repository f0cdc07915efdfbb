/** The timeline under a mouse, fingers or keys: it is zoomed, moved and read, and its entries are chosen. */

import { entryAt } from "../drawing/lane_marks.js";
import { byId, setText } from "./element.js";

const STEP = 1.5; // of a zoom
const PAN = 0.25; // of the time shown
const READ = 0.01; // of the time shown: a step of the reading by keys
const DRAG_PIXELS = 5; // a shorter movement is a click
const WHEEL_PIXELS = 300; // of the wheel, for a zoom by e

/** Acts on a course view, which draws. */
export class Axis {
  /** @param {CourseView} course */
  constructor(course) {
    this.course = course;
    this.canvas = byId("timeline");
    this.fingers = new Map(); // from a pointer's id to where it is, in px
    this.readAt = null; // seconds of the call, by the keys
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.release(event));
    canvas.addEventListener("pointercancel", (event) => this.fingers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => this.course.read(null));
    canvas.addEventListener("wheel", (event) => this.turn(event), { passive: false });
    canvas.addEventListener("dblclick", ({ offsetX }) => this.zoom(STEP * STEP, this.timeAt(offsetX)));
    canvas.addEventListener("keydown", (event) => this.key(event));
    const actions = { "zoom-in": "+", "zoom-out": "-", earlier: "PageUp", later: "PageDown", whole: "0" };
    for (const [id, key] of Object.entries(actions)) {
      byId(id).onclick = () => this.act(key);
    }
  }

  timeAt(x) {
    return this.course.paper.time(x);
  }

  press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event.offsetX);
    this.pressedAt = event.offsetX;
    this.dragged = this.fingers.size > 1;
  }

  move(event) {
    const last = this.fingers.get(event.pointerId);
    if (last === undefined) {
      this.hover(event);
      return;
    }
    if (Math.abs(event.offsetX - this.pressedAt) > DRAG_PIXELS) {
      this.dragged = true;
    }
    if (!this.dragged) {
      return;
    }
    const others = [...this.fingers].filter(([id]) => id !== event.pointerId);
    if (others.length) {
      const [[, other]] = others;
      const wide = (x) => Math.max(DRAG_PIXELS, Math.abs(x - other));
      this.zoom(wide(event.offsetX) / wide(last), this.timeAt(other));
    } else {
      this.pan(this.timeAt(last) - this.timeAt(event.offsetX));
    }
    this.fingers.set(event.pointerId, event.offsetX);
  }

  release(event) {
    this.fingers.delete(event.pointerId);
    if (this.dragged) {
      return;
    }
    const entry = entryAt(this.course.places, event.offsetX, event.offsetY);
    if (entry) {
      this.course.choose(entry);
    } else {
      this.course.seek(this.timeAt(event.offsetX));
    }
    this.hover(event);
  }

  hover({ offsetX, offsetY }) {
    const entry = entryAt(this.course.places, offsetX, offsetY);
    this.canvas.classList.toggle("pointing", Boolean(entry));
    this.course.read(this.timeAt(offsetX), entry);
  }

  /** Zoom with the key that browsers zoom with, and move sideways; the page itself goes up and down. */
  turn(event) {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / WHEEL_PIXELS), this.timeAt(event.offsetX));
    } else if (event.deltaX || event.shiftKey) {
      event.preventDefault();
      const pixels = event.deltaX || event.deltaY;
      this.pan(this.timeAt(pixels) - this.timeAt(0));
    }
  }

  key(event) {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && this.act(event.key)) {
      event.preventDefault();
      event.stopPropagation(); // "0" is a key of the phone, too
    }
  }

  /** Do what a key stands for; return whether it stands for anything. */
  act(key) {
    const { from, to } = this.course.shown;
    const seconds = to - from;
    const middle = this.readAt !== null && this.readAt >= from && this.readAt <= to ? this.readAt : (from + to) / 2;
    switch (key) {
      case "+":
      case "=":
        return this.zoom(STEP, middle);
      case "-":
        return this.zoom(1 / STEP, middle);
      case "0":
        return this.course.show("whole");
      case "PageUp":
        return this.pan(-PAN * seconds);
      case "PageDown":
        return this.pan(PAN * seconds);
      case "ArrowLeft":
        return this.readBy(-READ * seconds, middle);
      case "ArrowRight":
        return this.readBy(READ * seconds, middle);
      case "Enter":
        return this.course.chooseNear(middle);
    }
    return false;
  }

  readBy(seconds, middle) {
    this.readAt = Math.max(0, Math.min(this.course.call.now, middle + seconds));
    this.course.reveal(this.readAt);
    this.course.read(this.readAt, this.course.near(this.readAt), "polite");
    return true;
  }

  zoom(factor, at) {
    this.course.view.zoom(this.course.call, factor, at);
    this.course.draw();
    return true;
  }

  pan(seconds) {
    this.course.view.pan(this.course.call, seconds);
    this.course.draw();
    return true;
  }
}

/** Write what was read; a screen reader is to say it only if it was asked for by keys. */
export function showReading(words, live = "off") {
  byId("reading").setAttribute("aria-live", live);
  setText(byId("reading"), words);
}

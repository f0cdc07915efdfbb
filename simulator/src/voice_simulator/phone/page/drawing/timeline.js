/** The time axis of a call: lane under lane, what was said, heard, asked, answered, and how late it was. */

import { drawDelays } from "./lane_delays.js";
import { drawMarks, entryAt, rowsHeight } from "./lane_marks.js";
import { commonTop, drawWaveform } from "./lane_waveform.js";
import { Paper, nameHeight } from "./paper.js";

const TOP = 18; // px, for the words over stalls and moves
const WAVE = 56;
const DELAYS = 104;
const SPACE = 10;
const AXIS = 20;
const LANES = [
  { lane: "webhooks", name: "Webhooks", rows: 4 },
  { lane: "actions", name: "NCCO", rows: 2 },
  { lane: "messages", name: "Socket", rows: 3 },
  { lane: "keys", name: "Keys", rows: 1 },
];
const LEAST_SECONDS = 10; // that the axis shows
const LEAST_SECONDS_OVER = 1; // of a call that is over
const RECENT_SECONDS = 20;
const ROOM = 0.07; // of the time shown, for the labels of what comes last

/** Return the height of a picture of a width, in px. */
export function heightOf(width) {
  const marks = LANES.reduce((sum, { rows }) => sum + rowsHeight(rows) + SPACE, 0);
  return TOP + 2 * (WAVE + SPACE) + marks + DELAYS + AXIS + (LANES.length + 3.5) * nameHeight(width);
}

/** Return the seconds of a call to show: all of them, or the last. */
export function viewOf({ now, isOver }, whole) {
  const from = whole ? 0 : Math.max(0, now - RECENT_SECONDS);
  return { from, to: Math.max(now + (now - from) * ROOM, from + (isOver ? LEAST_SECONDS_OVER : LEAST_SECONDS)) };
}

/** Draw a call, and return where its entries are. */
export function drawCall(paper, call, selected) {
  const bottom = paper.height - AXIS;
  paper.axis(bottom, TOP);
  const places = drawBands(paper, call, bottom);
  let y = TOP;
  const top = commonTop(call.said, call.heard);
  for (const [name, waveform, colour] of [
    ["You said", call.said, "pale"],
    ["You heard", call.heard, "accent"],
  ]) {
    y += paper.nameHeight;
    drawWaveform(paper, waveform, { name, y, height: WAVE, colour, top });
    y += WAVE + SPACE;
  }
  for (const { lane, name, rows } of LANES) {
    const entries = call.entries.filter((entry) => entry.lane === lane);
    y += paper.nameHeight;
    places.push(...drawMarks(paper, entries, { name, y, rows, selected, now: call.now }));
    y += rowsHeight(rows) + SPACE;
  }
  drawDelays(paper, call.points, { y: y + 1.5 * paper.nameHeight, height: DELAYS });
  return places;
}

/** Draw what holds for all lanes: stalls and moves as bands, the rest of the faults as lines. */
function drawBands(paper, call, bottom) {
  const places = [];
  let free = -Infinity; // px: from here on there is room for the next label
  paper.clipped(0, bottom, () => {
    for (const entry of call.entries.filter(({ lane }) => lane === "faults")) {
      const x = paper.x(entry.at);
      const width = entry.lasts ? Math.max(2, paper.x(entry.until ?? call.now) - x) : 2;
      paper.context.globalAlpha = entry.lasts ? 0.5 : 1;
      paper.fill(entry.lasts ? "still" : "pale", x, TOP, width, bottom - TOP);
      paper.context.globalAlpha = 1;
      const words = paper.textWidth(entry.label);
      const at = Math.max(x, paper.left, free);
      if (at + words <= paper.right) {
        paper.write(entry.label, at, TOP / 2, { colour: "pale" });
        free = at + words + SPACE;
      }
      places.push({ entry, x, y: 0, width: Math.max(width, at + words - x), height: TOP });
    }
  });
  return places;
}

/** The canvas of the page. */
export class Timeline {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(entry: object) => void} choose called when an entry is clicked
   */
  constructor(canvas, choose) {
    this.canvas = canvas;
    this.places = [];
    canvas.addEventListener("click", (event) => this.withEntry(event, choose));
    canvas.addEventListener("mousemove", (event) => {
      canvas.classList.toggle("pointing", Boolean(this.entryOf(event)));
    });
  }

  draw(call, selected, whole) {
    const width = this.canvas.parentElement.clientWidth;
    const paper = new Paper(this.canvas, width, heightOf(width), viewOf(call, whole));
    this.places = drawCall(paper, call, selected);
  }

  entryOf(event) {
    return entryAt(this.places, event.offsetX, event.offsetY);
  }

  withEntry(event, choose) {
    const entry = this.entryOf(event);
    if (entry) {
      choose(entry);
    }
  }
}

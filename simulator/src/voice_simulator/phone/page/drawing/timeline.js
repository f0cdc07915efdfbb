/** The time axis of a call: lane under lane, what was said, heard, asked, answered, and how late it was. */

import { drawDelays } from "./lane_delays.js";
import { drawMarks, rowsHeight } from "./lane_marks.js";
import { commonTop, drawWaveform } from "./lane_waveform.js";
import { Paper, nameHeight } from "./paper.js";

const TOP = 18; // px, for the words over stalls and moves
const WAVE = 44;
const TURN = 4;
const DELAYS = 88;
const SPACE = 8;
const AXIS = 20;
const LANES = [
  { lane: "webhooks", name: "Webhooks", rows: 4 },
  { lane: "actions", name: "NCCO", rows: 2 },
  { lane: "messages", name: "Socket", rows: 3 },
  { lane: "keys", name: "Keys", rows: 1 },
];
/** Return the height of a picture of a width, in px. */
export function heightOf(width) {
  const marks = LANES.reduce((sum, { rows }) => sum + rowsHeight(rows) + SPACE, 0);
  return TOP + 2 * (WAVE + TURN + SPACE) + marks + DELAYS + AXIS + (LANES.length + 3.5) * nameHeight(width);
}

/** Draw a call, and return where its entries are. */
export function drawCall(paper, call, selected) {
  const bottom = paper.height - AXIS;
  paper.axis(bottom, TOP);
  const places = drawBands(paper, call, bottom);
  let y = TOP;
  const top = commonTop(call.said, call.heard);
  const { caller = [], noises = [], agent = [] } = call.speakers;
  for (const [name, waveform, colour, turns] of [
    ["You said", call.said, "pale", caller],
    ["You heard", call.heard, "accent", agent],
  ]) {
    y += paper.nameHeight;
    drawWaveform(paper, waveform, { name, y, height: WAVE, colour, top });
    y += WAVE;
    drawTurns(paper, turns, y, colour);
    if (turns === caller) {
      drawTurns(paper, noises, y, "still");
    }
    y += TURN + SPACE;
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

/** Draw who speaks as bars under a waveform. */
function drawTurns(paper, turns, y, colour) {
  paper.clipped(y, TURN, () => {
    for (const [from, to] of turns) {
      paper.fill(colour, paper.x(from), y, Math.max(1, paper.x(to) - paper.x(from)), TURN);
    }
  });
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
      const at = Math.max(Math.min(x, paper.right - words), paper.left, free);
      if (x + width >= paper.left && x <= paper.right && at + words <= paper.right) {
        paper.write(entry.label, at, TOP / 2, { colour: "pale" });
        free = at + words + SPACE;
      }
      places.push({ entry, x, y: 0, width: Math.max(width, at + words - x), height: TOP });
    }
  });
  return places;
}

/** Draw on the canvas of the page; return the paper, whose axis has the times, and where the entries are. */
export function drawTimeline(canvas, call, view, selected) {
  const width = canvas.parentElement.clientWidth;
  const paper = new Paper(canvas, width, heightOf(width), view);
  return { paper, places: drawCall(paper, call, selected) };
}

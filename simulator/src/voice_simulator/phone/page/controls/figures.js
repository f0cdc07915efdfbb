/** The figures of a call, live. What is not known is shown as a dash, never as 0. */

import { byId, element, setText } from "./element.js";

const UNKNOWN = "–";

const number = (value, digits = 0) => (typeof value === "number" ? value.toFixed(digits) : UNKNOWN);
const ms = (value) => number(value, value < 9.95 ? 1 : 0);
const spread = (both) => (typeof both?.p50 === "number" ? `${ms(both.p50)} / ${ms(both.p95)}` : UNKNOWN);

const turns = (both) => (typeof both?.p50 === "number" ? `${ms(both.p50)} / ${ms(both.p90)}` : UNKNOWN);
const gaps = (value) => (value?.count ? `${value.count} / ${ms(value.longest_ms)}` : number(value?.count));

/** Name, unit, and the text, of the simulator's figures (simulator/phone/figures.py) and of the browser's. */
const ROWS = [
  ["Round trip p50 / p95", "ms", ({ round_trip_ms: value }) => spread(value)],
  ["Play-out lag", "ms", ({ lag_ms: value }) => ms(value)],
  ["Arrival jitter", "ms", ({ jitter_ms: value }) => ms(value)],
  ["Waiting to be played", "ms", ({ queue_ms: value }) => number(value)],
  ["Gaps / the longest", "ms", ({ gaps: value }) => gaps(value)],
  ["Frames sent", "", ({ frames: value }) => number(value?.sent)],
  ["Frames returned", "", ({ frames: value }) => number(value?.returned)],
  ["Frames lost", "", ({ frames: value }) => number(value?.lost)],
  ["Late ones dropped", "", ({ frames: value }) => number(value?.dropped)],
  ["Browser's gaps", "", (_, { gaps: value }) => number(value)],
  ["Browser's own delay", "ms", (_, { own_ms: value }) => spread(value)],
  ["From mouth to ear", "ms", (_, { ear_ms: value }) => spread(value)],
];

/** The figures of an application that talks (record/turns.py), in the places of those that only an echo has. */
const TURNS = {
  0: ["Response p50 / p90", "ms", ({ turns: value }) => turns(value.response_ms)],
  1: ["Barge-in p50 / p90", "ms", ({ turns: value }) => turns(value.barge_in_stop_ms)],
  2: ["First audio", "ms", ({ turns: value }) => ms(value.first_audio_ms)],
  6: ["Missed turns", "", ({ turns: value }) => number(value.missed_turns)],
  7: ["False yields", "", ({ turns: value }) => number(value.false_yields)],
  8: ["Interruptions", "", ({ turns: value }) => number(value.interruptions)],
};

/** Return whether an application was heard that doesn't echo. */
const talks = ({ frames, turns: value }) => Boolean(value && frames?.heard && frames.returned === null);

/** Make the cells. */
export function makeFigures() {
  byId("figures").append(
    ...ROWS.map(() => element("div", {}, element("dt"), element("dd", {}, element("span"), element("small")))),
  );
  showFigures({}, {});
}

/**
 * Show figures.
 * @param {object} figures of the simulator's event `figures`; empty before the first
 * @param {object} browser as BrowserDelay gives them
 */
export function showFigures(figures, browser) {
  const rows = talks(figures) ? Object.assign([...ROWS], TURNS) : ROWS;
  rows.forEach(([name, unit, text], index) => {
    const [title, value] = byId("figures").children[index].children;
    const words = text(figures, browser);
    setText(title, name);
    setText(value.firstChild, words);
    setText(value.lastChild, unit && ` ${unit}`);
    value.classList.toggle("unknown", words === UNKNOWN);
  });
}

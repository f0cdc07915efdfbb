/** The figures of a call, live. What is not known is shown as a dash, never as 0. */

import { byId, element, setText } from "./element.js";

const UNKNOWN = "–";

const number = (value, digits = 0) => (typeof value === "number" ? value.toFixed(digits) : UNKNOWN);
const ms = (value) => number(value, value < 9.95 ? 1 : 0);
const spread = (both) => (typeof both?.p50 === "number" ? `${ms(both.p50)} / ${ms(both.p95)}` : UNKNOWN);

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

/** Make the cells. */
export function makeFigures() {
  byId("figures").append(
    ...ROWS.map(([name, unit]) => {
      const parts = [element("span", {}, UNKNOWN), unit ? element("small", {}, ` ${unit}`) : ""];
      const value = element("dd", { className: "unknown" }, ...parts);
      return element("div", {}, element("dt", {}, name), value);
    }),
  );
}

/**
 * Show figures.
 * @param {object} figures of the simulator's event `figures`; empty before the first
 * @param {object} browser as BrowserDelay gives them
 */
export function showFigures(figures, browser) {
  const cells = byId("figures").querySelectorAll("dd span");
  ROWS.forEach(([, , text], index) => {
    const words = text(figures, browser);
    setText(cells[index], words);
    cells[index].parentElement.classList.toggle("unknown", words === UNKNOWN);
  });
}

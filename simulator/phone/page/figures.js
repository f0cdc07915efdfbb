/** The figures of a call, live. What is not known is shown as a dash, never as 0. */

import { byId, element, setText } from "./element.js";

const UNKNOWN = "–";

const number = (value, digits) => (typeof value === "number" ? value.toFixed(digits) : UNKNOWN);
const ms = (value) => number(value, value < 10 ? 1 : 0);
const spread = (both) => `${ms(both?.p50)} / ${ms(both?.p95)}`;

/** Name, unit, and the text, of the simulator's figures and the browser's. */
const ROWS = [
  ["Round trip p50 / p95", "ms", ({ round_trip_ms: value }) => spread(value)],
  ["Play-out lag p50 / p95", "ms", ({ lag_ms: value }) => spread(value)],
  ["Arrival jitter", "ms", ({ jitter_ms: value }) => ms(value)],
  ["Waiting to be played", "ms", ({ queue_ms: value }) => ms(value)],
  ["Gaps", "", ({ gaps: value }) => number(value, 0)],
  ["Frames sent", "", ({ frames_sent: value }) => number(value, 0)],
  ["Frames returned", "", ({ frames_returned: value }) => number(value, 0)],
  ["Frames lost", "", ({ frames_lost: value }) => number(value, 0)],
  ["Moves", "", ({ moves: value }) => number(value, 0)],
  ["This browser's own delay", "ms", (_, { own_ms: value }) => spread(value)],
  ["From mouth to ear", "ms", (_, { ear_ms: value }) => spread(value)],
];

/** Make the cells. */
export function makeFigures() {
  byId("figures").append(
    ...ROWS.map(([name, unit]) => {
      const value = element("dd", {}, element("span", {}, UNKNOWN), unit ? element("small", {}, ` ${unit}`) : "");
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
  ROWS.forEach(([, , text], index) => setText(cells[index], text(figures, browser)));
}

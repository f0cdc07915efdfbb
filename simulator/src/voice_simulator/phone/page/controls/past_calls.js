/** The last calls, kept by this browser alone. */

import { ENDS } from "../call/entry_text.js";
import { clock } from "../drawing/paper.js";
import { byId, element } from "./element.js";

const NAME = "phone.calls";
const KEPT = 20;

/** Return the last calls, the newest first; none if the browser keeps nothing or something else. */
export function pastCalls() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Keep a call that has ended. */
export function keepCall(call, application) {
  const { why } = call.ended;
  const moves = Math.max(0, call.trace.filter(({ event }) => event === "socket_opened").length - 1);
  const { time } = call.begun;
  const kept = { time, application, seconds: call.endedAt, p50: call.figures.round_trip_ms?.p50, moves, why };
  write([kept, ...pastCalls()].slice(0, KEPT));
}

export function forgetCalls() {
  write([]);
}

/** Show them as rows of a table. */
export function showPastCalls() {
  const rows = pastCalls().map(({ time, application, seconds, p50, moves, why }) => {
    const begun = new Date(time).toLocaleString();
    const texts = [begun, application, clock(seconds), p50?.toFixed(1) ?? "–", String(moves), ENDS[why]];
    return element("tr", {}, ...texts.map((text) => element("td", {}, text)));
  });
  byId("history").replaceChildren(...rows);
}

function write(calls) {
  try {
    localStorage.setItem(NAME, JSON.stringify(calls));
  } catch {
    // A browser that keeps nothing shows the calls of before.
  }
}

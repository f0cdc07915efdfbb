/** The last calls, kept by this browser alone. */

import { byId, element } from "./element.js";
import { ENDS } from "./entry_text.js";
import { clock } from "./paper.js";

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
  const { round_trip_ms: roundTrip, moves } = call.ended.figures ?? {};
  const kept = { time: call.begun?.time, application, seconds: call.endedAt, p50: roundTrip?.p50, moves, why: call.ended.why };
  write([kept, ...pastCalls()].slice(0, KEPT));
}

export function forgetCalls() {
  write([]);
}

/** Show them as rows of a table. */
export function showPastCalls() {
  const rows = pastCalls().map(({ time, application, seconds, p50, moves, why }) => {
    const texts = [time ? new Date(time).toLocaleString() : "", application, clock(seconds), known(p50, 1), known(moves, 0), ENDS[why]];
    return element("tr", {}, ...texts.map((text) => element("td", {}, text ?? "")));
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

function known(value, digits) {
  return typeof value === "number" ? value.toFixed(digits) : "–";
}

/** What was the case at one time of a call, in words. */

import { milliseconds } from "../call/entry_text.js";
import { exactClock } from "./paper.js";

const FIGURES_SECONDS = 0.3; // figures come every quarter of a second

/** Return the delays at a time, and the entry that is there, if one is. */
export function reading(call, time, entry) {
  const point = call.points.findLast(({ at }) => at <= time + FIGURES_SECONDS / 2);
  const isNear = point && time - point.at < FIGURES_SECONDS;
  const words = [exactClock(time)];
  if (isNear) {
    const { round_trip_ms: trip, lag_ms: lag, queue_ms: queue } = point;
    for (const [name, ms] of [
      ["round trip", trip.recent_p50],
      ["play-out lag", lag],
      ["waiting", queue],
    ]) {
      if (ms) {
        words.push(`${name} ${milliseconds(ms / 1000)}`);
      }
    }
  }
  return [...words, ...(entry ? [entry.title] : [])].join(" · ");
}

/** The trace of a call (record/trace.py): what the page saves, and opens again. */

import { FRAME_MS, FRAMES_PER_SECOND } from "../audio/frame.js";

const POINT_SECONDS = 0.25; // between two figures
const LAG_SECONDS = 0.5; // a lag of a frame that was played longer ago says nothing about now

/** A file that can't be opened; the message says why. */
export class TraceError extends Error {}

/** Return a call's trace, and with it what only a page knows: the microphone's figures, and the browser's. */
export function traceOf(call, { format, version }, simulator, browser) {
  const page = { figures: call.figures, browser };
  const { turns = null, speakers = null } = call.figures;
  return { format, version, simulator, events: call.trace, turns, speakers, frames: call.frames, page };
}

/**
 * Return the trace in a file.
 * @param {string} text
 * @param {{format: string, version: number}} known what the simulator's greeting says of the format
 * @throws {TraceError}
 */
export function readTrace(text, known) {
  let trace = null;
  try {
    trace = JSON.parse(text);
  } catch {
    // It is said below.
  }
  if (trace?.format !== known.format || !Array.isArray(trace.events)) {
    throw new TraceError("This is no trace of a call: open one that this page or call --trace has written.");
  }
  if (trace.version !== known.version) {
    throw new TraceError(`This trace has version ${trace.version} of its format; this page reads ${known.version}.`);
  }
  return trace;
}

/** Return the figures of a call over time, as the simulator sends them while a call goes on, from its frames. */
export function pointsOf({ frames, trace, endedAt }) {
  if (!frames?.returned_at.length) {
    return [];
  }
  const emptiedBy = ({ event, by }) => event === "cleared" || (event === "socket_closed" && by !== "caller");
  const emptied = trace.filter(emptiedBy);
  const points = [];
  for (let at = POINT_SECONDS; at < endedAt + POINT_SECONDS; at += POINT_SECONDS) {
    const returned = countUntil(frames.returned_at, at);
    const played = countUntil(frames.played_at, at);
    // What was in the queue when it was emptied came back, and is never played.
    const last = emptied.findLast((event) => event.at <= at)?.at ?? 0;
    const gone = countUntil(frames.returned_at, last) - countUntil(frames.played_at, last);
    const isRecent = played > 0 && at - frames.played_at[played - 1] <= LAG_SECONDS;
    const recent = frames.round_trips.slice(Math.max(0, returned - FRAMES_PER_SECOND), returned);
    points.push({
      at,
      frames: { returned },
      round_trip_ms: { recent_p50: quantile(recent, 0.5) },
      lag_ms: isRecent ? frames.lags[played - 1] * 1000 : null,
      queue_ms: Math.max(0, returned - played - gone) * FRAME_MS,
    });
  }
  return points;
}

/** Return the figures of a whole call, as far as its trace tells them. */
export function figuresOf({ frames, turns, speakers }) {
  if (!frames) {
    return {};
  }
  const count = (letters) => [...frames.fates].filter((letter) => letters.includes(letter)).length;
  const echoes = frames.returned_at.length > 0;
  return {
    turns,
    speakers,
    round_trip_ms: { p50: quantile(frames.round_trips, 0.5), p95: quantile(frames.round_trips, 0.95) },
    frames: {
      sent: frames.sent_at.length,
      heard: frames.heard_at.length,
      returned: echoes ? frames.returned_at.length : null,
      lost: echoes ? count("l") : null,
      dropped: echoes ? count("sdm") : null,
    },
  };
}

/** Return how many of some rising times are at a time or before it. */
function countUntil(times, at) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function quantile(seconds, share) {
  const sorted = Float64Array.from(seconds).sort();
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 1000 : null;
}

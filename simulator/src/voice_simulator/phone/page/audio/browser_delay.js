/** The browser's own share of the delay from the caller's mouth to the caller's ear. */

const KEPT = 3000; // frames: a minute of them

/**
 * Follows each frame of the microphone: captured, sent, come back, played. The time between sending and coming back
 * is the network's and the simulator's; the rest is the browser's.
 */
export class BrowserDelay {
  constructor() {
    this.sentAt = new Map(); // ms of the page's clock, by the time of capture
    this.awayMs = new Map(); // from sent to come back, by the same
    this.ownMs = []; // of the last frames that were played
    this.totalMs = [];
    this.isPlaying = false; // from the first frame on
    this.counts = { dropped: 0, ranDry: 0 }; // of the loudspeaker's buffer
  }

  sent(captured, now) {
    remember(this.sentAt, captured, now);
  }

  cameBack(captured, now) {
    const sentAt = this.sentAt.get(captured);
    if (sentAt !== undefined) {
      remember(this.awayMs, captured, now - sentAt);
    }
  }

  /** Take the time at which a frame sounds, in ms of the clock of its capture. */
  played(captured, soundsAt) {
    this.isPlaying = true;
    const awayMs = this.awayMs.get(captured);
    if (awayMs !== undefined) {
      this.awayMs.delete(captured);
      append(this.totalMs, soundsAt - captured);
      append(this.ownMs, soundsAt - captured - awayMs);
    }
  }

  /** Take the loudspeaker's counts: frames dropped, and how often it ran dry. */
  count(counts) {
    this.counts = counts;
  }

  /** The figures so far, in ms; null where nothing is known. */
  get figures() {
    return {
      own_ms: { p50: quantile(this.ownMs, 0.5), p95: quantile(this.ownMs, 0.95) },
      ear_ms: { p50: quantile(this.totalMs, 0.5), p95: quantile(this.totalMs, 0.95) },
      frames_dropped: this.counts.dropped,
      gaps: this.isPlaying ? this.counts.ranDry : null,
    };
  }
}

function remember(map, key, value) {
  map.set(key, value);
  if (map.size > KEPT) {
    map.delete(map.keys().next().value);
  }
}

function append(list, value) {
  list.push(value);
  if (list.length > KEPT) {
    list.shift();
  }
}

function quantile(values, share) {
  if (!values.length) {
    return null;
  }
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

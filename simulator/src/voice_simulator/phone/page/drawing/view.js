/** Which part of a call the timeline shows. */

const RECENT_SECONDS = 60; // of a call that goes on; a longer one is no longer shown whole
const LEAST_SECONDS = 10; // that the axis of such a call shows
const LEAST_SECONDS_OVER = 1;
const CLOSEST_SECONDS = 0.5; // that can be zoomed to
const ROOM = 0.07; // of the time shown, for the labels of what comes last

/** Follows the call until a person zooms or pans. */
export class View {
  constructor() {
    this.follow();
  }

  /** Show what happens now, or all of a call that is over. */
  follow() {
    this.whole = false;
    this.chosen = null;
  }

  showWhole() {
    this.whole = true;
    this.chosen = null;
  }

  /** Return the seconds of a call to show. */
  of(call) {
    return this.chosen ?? (this.whole || call.isOver ? wholeView(call) : recentView(call));
  }

  /** Show a shorter time for a factor over 1, a longer one for less, and keep a time where it is. */
  zoom(call, factor, at) {
    const { from, to } = this.of(call);
    const seconds = Math.max(CLOSEST_SECONDS, (to - from) / factor);
    const share = (at - from) / (to - from);
    this.choose(call, at - share * seconds, seconds);
  }

  /** Show what is some seconds later, or earlier. */
  pan(call, seconds) {
    const { from, to } = this.of(call);
    this.choose(call, from + seconds, to - from);
  }

  /** Let a time be seen; return whether that takes another view. */
  reveal(call, time) {
    const { from, to } = this.of(call);
    const isHidden = time < from || time > to;
    if (isHidden) {
      this.choose(call, time - (to - from) / 10, to - from);
    }
    return isHidden;
  }

  choose(call, from, seconds) {
    const whole = wholeView(call);
    if (seconds >= whole.to - whole.from) {
      this.showWhole();
    } else {
      const begin = Math.max(whole.from, Math.min(from, whole.to - seconds));
      this.chosen = { from: begin, to: begin + seconds };
    }
  }
}

/** Return the whole of a call, with room at its end. */
export function wholeView({ now, isOver }) {
  return { from: 0, to: Math.max(now * (1 + ROOM), isOver ? LEAST_SECONDS_OVER : LEAST_SECONDS) };
}

function recentView({ now }) {
  const from = Math.max(0, now - RECENT_SECONDS);
  return { from, to: Math.max(now + (now - from) * ROOM, from + LEAST_SECONDS) };
}

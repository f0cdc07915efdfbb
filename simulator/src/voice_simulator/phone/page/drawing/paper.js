/** A canvas with a time axis, in CSS pixels and in the page's colours. */

const GUTTER = 76; // px at the left, for the names of the lanes
const NARROW = 520; // px: below, the names stand above the lanes
const NAME = 14; // px, of a name above a lane
const MARGIN = 10; // px at the right
const COLOURS = ["paper", "ink", "pale", "line", "accent", "wrong", "still"];
const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800]; // seconds
const TICK_PIXELS = 56;

/** What lanes draw on. */
export class Paper {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} width px
   * @param {number} height px
   * @param {{from: number, to: number}} view seconds of the call
   * @param {Element} styled whose colours and font are used
   */
  constructor(canvas, width, height, view, styled = canvas) {
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    this.context = canvas.getContext("2d");
    this.context.scale(scale, scale);
    this.width = width;
    this.height = height;
    this.view = view;
    this.narrow = width < NARROW;
    this.nameHeight = nameHeight(width);
    this.left = this.narrow ? 4 : GUTTER;
    this.right = width - MARGIN;
    const style = getComputedStyle(styled);
    this.colour = Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    this.family = style.fontFamily;
    this.fill("paper", 0, 0, width, height);
  }

  /** Where a time, in seconds of the call, is: px from the left. */
  x(time) {
    const { from, to } = this.view;
    return this.left + ((time - from) / (to - from)) * (this.right - this.left);
  }

  /** Which time is at a place: the reverse of `x`. */
  time(x) {
    const { from, to } = this.view;
    return from + ((x - this.left) / (this.right - this.left)) * (to - from);
  }

  fill(colour, x, y, width, height) {
    this.context.fillStyle = this.colour[colour];
    this.context.fillRect(x, y, width, height);
  }

  /** Write a line of text whose middle is at `y`. */
  write(text, x, y, { colour = "ink", size = 11, align = "left", weight = "" } = {}) {
    const { context } = this;
    context.font = `${weight} ${size}px ${this.family}`;
    context.textAlign = align;
    context.textBaseline = "middle";
    context.fillStyle = this.colour[colour];
    context.fillText(text, x, y);
  }

  textWidth(text, size = 11) {
    this.context.font = `${size}px ${this.family}`;
    return this.context.measureText(text).width;
  }

  /** Write the name of a lane that begins at `y`: in the gutter, or above the lane where the paper is narrow. */
  name(text, y, height) {
    if (this.narrow) {
      this.write(text, this.left, y - NAME / 2, { colour: "pale", size: 10 });
    } else {
      this.write(text, 0, y + Math.min(height / 2, 12), { colour: "pale" });
    }
  }

  /** Draw only within the axis until the end of `draw`. */
  clipped(y, height, draw) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(this.left - 1, y, this.right - this.left + 2, height);
    this.context.clip();
    draw();
    this.context.restore();
  }

  /** Draw the time axis at `y`, and its lines up to `top`. */
  axis(y, top) {
    const { from, to } = this.view;
    const pixels = (this.right - this.left) / (to - from);
    const step = TICKS.find((each) => each * pixels >= TICK_PIXELS) ?? TICKS.at(-1);
    for (let tick = Math.ceil(from / step); tick * step <= to; tick++) {
      const time = tick * step;
      this.fill("line", Math.round(this.x(time)), top, 1, y - top);
      const align = this.x(time) > this.right - 14 ? "right" : this.narrow && time === from ? "left" : "center";
      this.write(step < 1 ? exactClock(time) : clock(time), this.x(time), y + 9, { colour: "pale", align });
    }
  }
}

/** Return a time of the call to the hundredth of a second: `7.25 s`, `1:05.25`. */
export function exactClock(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - 60 * minutes).toFixed(2);
  return minutes ? `${minutes}:${rest.padStart(5, "0")}` : `${rest} s`;
}

/** Return the px that each lane's name takes above it. */
export const nameHeight = (width) => (width < NARROW ? NAME : 0);

/** Return a time of the call as people write it: `7 s`, `1:05`. */
export function clock(seconds) {
  if (seconds < 60) {
    return `${Number(seconds.toFixed(1))} s`;
  }
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

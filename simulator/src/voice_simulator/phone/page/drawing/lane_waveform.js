/** A lane of the time axis: the outline of what was said, or of what was heard. */

import { PART_SECONDS } from "../audio/waveform.js";

const QUIETEST_TOP = 0.1; // of full scale: quieter sound is not magnified further
const FEW = 4; // parts in one column: more have an average
const GAP_SECONDS = 0.1; // a shorter pause of the frames is no gap in the picture

/** Draw a waveform; `top` is the loudness that fills the lane. */
export function drawWaveform(paper, waveform, { name, y, height, colour, top }) {
  const middle = y + height / 2;
  paper.name(name, y, height);
  paper.clipped(y, height, () => {
    const { context } = paper;
    context.fillStyle = paper.colour[colour];
    const from = Math.max(0, waveform.indexAt(paper.view.from) - 1);
    const to = Math.min(waveform.times.length, waveform.indexAt(paper.view.to) + 1);
    let column = -1;
    let loudest = 0;
    let sum = 0;
    let count = 0;
    let end = -1;
    const bar = (loudness, alpha) => {
      const half = Math.max(0.5, (loudness / top) * (height / 2 - 1));
      context.globalAlpha = alpha;
      context.fillRect(column, middle - half, Math.max(1, end - column), 2 * half);
    };
    const flush = () => {
      if (count > FEW) {
        bar(loudest, 0.4); // the loudest and the average of what one column shows
        bar(sum / count, 1);
      } else if (column >= 0) {
        bar(loudest, 1);
      }
    };
    for (let index = from; index < to; index++) {
      const x = Math.floor(paper.x(waveform.times[index]));
      if (x !== column) {
        flush();
        column = x;
        loudest = sum = count = 0;
      }
      loudest = Math.max(loudest, waveform.peaks[index]);
      sum += waveform.peaks[index];
      count += 1;
      const next = waveform.times[index + 1];
      const follows = next !== undefined && next - waveform.times[index] < GAP_SECONDS;
      end = Math.ceil(paper.x(follows ? next : waveform.times[index] + PART_SECONDS));
    }
    flush();
    context.globalAlpha = 1;
  });
}

/** Return the loudness that fills a lane, so that two lanes have one scale. */
export function commonTop(...waveforms) {
  return 1.05 * Math.max(QUIETEST_TOP, ...waveforms.map(({ loudest }) => loudest));
}

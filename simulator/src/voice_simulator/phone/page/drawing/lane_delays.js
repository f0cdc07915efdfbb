/** A lane of the time axis: round trip, play-out lag and queue, on one logarithmic scale of ms. */

const LEAST_MS = 0.3;
const MOST_MS = 20000;
const LINES = [
  [1, "1 ms"],
  [10, "10"],
  [100, "100"],
  [1000, "1 s"],
  [10000, "10 s"],
];
const FIGURES_SECONDS = 0.25; // from one to the next
const GAP_SECONDS = 0.6; // without a figure: the line is broken there

/**
 * Draw the delays.
 * @param {object[]} points the events `figures` (simulator/phone/figures.py)
 */
export function drawDelays(paper, points, { y, height }) {
  const level = (ms) => {
    const share = Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / Math.log(MOST_MS / LEAST_MS);
    return y + height - share * height;
  };
  paper.name("Delay", y - paper.nameHeight / 2, height);
  for (const [ms, label] of LINES) {
    paper.fill("line", paper.left, Math.round(level(ms)), paper.right - paper.left, 1);
    paper.write(label, paper.narrow ? paper.left : paper.left - 6, level(ms) - (paper.narrow ? 6 : 0), {
      colour: "pale",
      size: 10,
      align: paper.narrow ? "left" : "right",
    });
  }
  paper.clipped(y, height, () => {
    drawArea(paper, points, level);
    // Between two figures without a frame that came back, the round trip is not known.
    const isKnown = ({ frames }, index) => frames.returned !== points[index - 1]?.frames.returned;
    const roundTrip = points.map((point, index) => [
      point.at,
      isKnown(point, index) ? point.round_trip_ms.recent_p50 : null,
    ]);
    const lag = points.map(({ at, lag_ms: ms }) => [at, ms]);
    drawLine(paper, roundTrip, level, { colour: "ink", width: 1.25, dash: [3, 2] });
    drawLine(paper, lag, level, { colour: "accent", width: 2, dash: [] });
  });
}

/** Fill the queue's height, wherever anything waits. */
function drawArea(paper, points, level) {
  const bottom = level(LEAST_MS);
  points.forEach((point, index) => {
    if (point.queue_ms > 0) {
      const x = paper.x(point.at);
      const width = paper.x(points[index + 1]?.at ?? point.at + FIGURES_SECONDS) - x;
      paper.context.globalAlpha = 0.18;
      paper.fill("accent", x, level(point.queue_ms), width, bottom - level(point.queue_ms));
      paper.context.globalAlpha = 1;
    }
  });
}

function drawLine(paper, points, level, { colour, width, dash }) {
  const { context } = paper;
  context.strokeStyle = paper.colour[colour];
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.beginPath();
  let last = -Infinity;
  for (const [at, ms] of points) {
    if (ms !== null) {
      context[at - last > GAP_SECONDS ? "moveTo" : "lineTo"](paper.x(at), level(ms));
      last = at;
    }
  }
  context.stroke();
  context.setLineDash([]);
}

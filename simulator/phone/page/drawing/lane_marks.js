/** A lane of the time axis: marks for what happened, with their labels where there is room. */

const ROW = 16; // px
const BAR = 12; // px
const LEAST = 4; // px, of what takes no time
const SPACE = 6; // px between marks

/** The height of a lane with so many rows. */
export const rowsHeight = (rows) => rows * ROW + 6;

/**
 * Draw the entries of a lane, and return where each is, for clicks.
 * @returns {{entry: object, x: number, y: number, width: number, height: number}[]}
 */
export function drawMarks(paper, entries, { name, y, rows, selected, now }) {
  paper.name(name, y, rowsHeight(rows));
  const ends = new Array(rows).fill(-Infinity); // px, of each row
  const places = [];
  paper.clipped(y, rowsHeight(rows), () => {
    for (const entry of entries) {
      const x = paper.x(entry.at);
      const until = entry.lasts ? Math.min(entry.until ?? now, paper.view.to) : entry.at;
      const width = Math.max(LEAST, paper.x(until) - x - 1);
      if (x + width < paper.left || x > paper.right) {
        continue;
      }
      const labelled = Math.max(width, (width > LEAST + 20 ? 8 : width + 4) + paper.textWidth(entry.label));
      const row = ends.findIndex((end) => end <= x);
      const line = row < 0 ? ends.indexOf(Math.min(...ends)) : row;
      const place = { entry, x, y: y + 3 + line * ROW, width, height: BAR };
      drawMark(paper, place, { withLabel: row >= 0, selected: entry === selected });
      ends[line] = Math.max(ends[line], x + (row >= 0 ? labelled : width) + SPACE);
      places.push({ ...place, width: row >= 0 ? labelled : width });
    }
  });
  return places;
}

function drawMark(paper, { entry, x, y, width, height }, { withLabel, selected }) {
  const { context } = paper;
  const colour = entry.broken ? "wrong" : selected ? "accent" : "pale";
  context.fillStyle = paper.colour[colour];
  context.globalAlpha = entry.lasts && !selected && !entry.broken ? 0.28 : 1;
  context.beginPath();
  context.roundRect(x, y, width, height, 2);
  context.fill();
  context.globalAlpha = 1;
  if (withLabel) {
    const inside = width > LEAST + 20;
    const written = inside && (selected || entry.broken) ? "paper" : entry.broken ? "wrong" : "ink";
    const start = inside ? Math.max(x, paper.left) + 4 : x + width + 4;
    paper.write(entry.label, start, y + height / 2 + 0.5, { colour: written });
  }
}

/** Return the entry at a point, or the nearest within a few px, if any is. */
export function entryAt(places, x, y) {
  const distance = (place) =>
    Math.hypot(
      Math.max(place.x - x, 0, x - place.x - place.width),
      Math.max(place.y - y, 0, y - place.y - place.height),
    );
  const near = places.filter((place) => distance(place) <= 8).sort((a, b) => distance(a) - distance(b));
  return near[0]?.entry;
}

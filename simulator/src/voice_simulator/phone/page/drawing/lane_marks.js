/** A lane of the time axis: marks for what happened, with their labels where there is room. */

const ROW = 16; // px
const BAR = 12; // px
const LEAST = 4; // px, of what takes no time
const SPACE = 6; // px between marks
const INSIDE = 24; // px: a wider mark has its label inside

/** The height of a lane with so many rows. */
export const rowsHeight = (rows) => rows * ROW + 6;

/**
 * Draw the entries of a lane, and return where each is, for clicks.
 * @returns {{entry: object, x: number, y: number, width: number, height: number}[]}
 */
export function drawMarks(paper, entries, { name, y, rows, selected, now }) {
  paper.name(name, y, rowsHeight(rows));
  const places = placeMarks(paper, entries, { y, rows, now });
  paper.clipped(y, rowsHeight(rows), () => {
    for (const place of places) {
      drawMark(paper, place, place.entry === selected);
    }
  });
  return places.map((place) => ({ ...place, width: Math.max(place.width, place.labelled ? place.labelEnd : 0) }));
}

/** Place each mark in a row with room for it and its label; where none has, the label in its way is left out. */
function placeMarks(paper, entries, { y, rows, now }) {
  const lasts = []; // the last place in each row
  const places = [];
  const endOf = (row) => lasts[row]?.end ?? -Infinity;
  for (const entry of entries) {
    const x = paper.x(entry.at);
    const until = entry.lasts ? Math.min(entry.until ?? now, paper.view.to) : entry.at;
    const width = Math.max(LEAST, paper.x(until) - x - 1);
    if (x + width < paper.left || x > paper.right) {
      continue;
    }
    const all = [...Array(rows).keys()];
    const row = all.find((each) => endOf(each) <= x) ?? leastHarm(all, lasts);
    if (lasts[row] && lasts[row].x + lasts[row].labelEnd > x) {
      lasts[row].labelled = false;
    }
    const inside = width > INSIDE;
    const words = paper.textWidth(entry.label);
    let labelEnd = (inside ? 8 : width + 4) + words;
    const before = Math.max(x, paper.left) + labelEnd > paper.right; // it has no room at the right end
    let labelled = true;
    if (before && lasts[row]) {
      const begin = x - words - 4;
      labelled = lasts[row].x + lasts[row].width < begin;
      if (labelled && lasts[row].x + lasts[row].labelEnd > begin) {
        lasts[row].labelled = false;
      }
    }
    if (before) {
      labelEnd = -4;
    }
    const place = { entry, x, y: y + 3 + row * ROW, width, height: BAR, labelEnd, inside, before, labelled };
    place.end = x + Math.max(width + 1, labelEnd + SPACE);
    lasts[row] = place;
    places.push(place);
  }
  return places;
}

/** Return the row whose last label may go: none of something that is wrong, and the one that ends first. */
function leastHarm(rows, lasts) {
  const harm = (row) => (lasts[row].entry.broken ? 1e6 : 0) + lasts[row].end;
  return rows.sort((one, other) => harm(one) - harm(other))[0];
}

function drawMark(paper, { entry, x, y, width, height, inside, before, labelled }, selected) {
  const { context } = paper;
  const strong = selected || entry.broken;
  context.fillStyle = paper.colour[entry.broken ? "wrong" : selected ? "accent" : "pale"];
  context.globalAlpha = entry.lasts && !strong ? 0.28 : 1;
  context.beginPath();
  context.roundRect(x, y, width, height, 2);
  context.fill();
  context.globalAlpha = 1;
  if (labelled) {
    const colour = inside && strong ? "paper" : entry.broken ? "wrong" : "ink";
    const at = before ? x - 4 : inside ? Math.max(x, paper.left) + 4 : x + width + 4;
    paper.write(entry.label, at, y + height / 2 + 0.5, { colour, align: before ? "right" : "left" });
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

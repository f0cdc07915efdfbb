/** The list of what happened: the time axis for the keyboard and for a screen reader, with the same entries. */

import { milliseconds } from "../call/entry_text.js";
import { byId, element } from "./element.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

/** A listbox; arrow keys and clicks choose an entry. */
export class EventList {
  /**
   * @param {HTMLElement} list
   * @param {(entry: object) => void} choose
   */
  constructor(list, choose) {
    this.list = list;
    this.choose = choose;
    this.rows = new Map(); // from an entry to its row
    list.addEventListener("keydown", (event) => this.step(event));
    for (const id of ["only-errors", "without-notify"]) {
      byId(id).onchange = ({ target }) => list.classList.toggle(id, target.checked);
    }
  }

  /** Be empty; a list of a call that goes on follows what comes. */
  clear(isLive) {
    this.isLive = isLive;
    this.rows.clear();
    this.list.replaceChildren();
  }

  /** Show an entry, a new one or one that has changed, in the order of its time. */
  show(entry) {
    const { list } = this;
    const isAtEnd = this.isLive && list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    const follows = isAtEnd && !list.contains(document.activeElement);
    let row = this.rows.get(entry);
    if (!row) {
      row = element("li", { role: "option", tabIndex: this.rows.size ? -1 : 0, "aria-selected": "false" });
      row.onclick = () => this.choose(entry);
      this.rows.set(entry, row);
      this.place(row, entry);
    }
    row.classList.toggle("broken", Boolean(entry.broken));
    row.classList.toggle("probe", Boolean(entry.isProbe));
    row.replaceChildren(
      element("span", { className: "time" }, Math.max(0, entry.at).toFixed(2)),
      element("span", { className: "what" }, entry.title),
      element("span", { className: "took" }, took(entry)),
    );
    if (follows) {
      list.scrollTop = list.scrollHeight;
    }
  }

  select(entry) {
    for (const [each, row] of this.rows) {
      row.setAttribute("aria-selected", String(each === entry));
      row.tabIndex = each === entry ? 0 : -1;
    }
    this.rows.get(entry)?.scrollIntoView({ block: "nearest" });
  }

  place(row, entry) {
    row.dataset.at = entry.at;
    let before = this.list.lastElementChild;
    while (before && Number(before.dataset.at) > entry.at) {
      before = before.previousElementSibling;
    }
    before ? before.after(row) : this.list.prepend(row);
  }

  step(event) {
    const rows = [...this.list.children].filter((row) => row.offsetParent); // those that are shown
    const at = rows.indexOf(document.activeElement);
    const step = STEPS[event.key];
    if (step !== undefined && at >= 0) {
      event.preventDefault();
      const row = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
      row.focus();
      row.click();
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0) {
      event.preventDefault();
      rows[at].click();
    }
  }
}

function took({ status, broken, tookMs }) {
  const time = tookMs === undefined ? "" : milliseconds(tookMs / 1000);
  return [status ?? broken, time].filter(Boolean).join(" · ");
}

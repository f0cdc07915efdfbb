/** The list of what happened: the time axis for the keyboard and for a screen reader, with the same entries. */

import { milliseconds } from "../call/entry_text.js";
import { element } from "./element.js";

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
  }

  clear() {
    this.rows.clear();
    this.list.replaceChildren();
  }

  /** Show an entry, a new one or one that has changed, in the order of its time. */
  show(entry) {
    let row = this.rows.get(entry);
    if (!row) {
      row = element("li", { role: "option", tabIndex: this.rows.size ? -1 : 0, "aria-selected": "false" });
      row.onclick = () => this.choose(entry);
      this.rows.set(entry, row);
      this.place(row, entry);
    }
    row.classList.toggle("broken", Boolean(entry.broken));
    row.replaceChildren(
      element("span", { className: "time" }, Math.max(0, entry.at).toFixed(2)),
      element("span", { className: "what" }, entry.title),
      element("span", { className: "took" }, took(entry)),
    );
  }

  select(entry) {
    for (const [each, row] of this.rows) {
      row.setAttribute("aria-selected", String(each === entry));
      row.tabIndex = each === entry ? 0 : -1;
    }
    this.rows.get(entry)?.scrollIntoView({ block: "nearest" });
  }

  place(row, entry) {
    const atEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 40;
    row.dataset.at = entry.at;
    const next = [...this.list.children].reverse().find((each) => Number(each.dataset.at) <= entry.at);
    next ? next.after(row) : this.list.prepend(row);
    if (atEnd && !this.list.contains(document.activeElement)) {
      this.list.scrollTop = this.list.scrollHeight;
    }
  }

  step(event) {
    const rows = [...this.list.children];
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

function took(entry) {
  if (entry.broken) {
    return entry.broken;
  }
  return entry.tookMs === undefined ? "" : milliseconds(entry.tookMs / 1000);
}

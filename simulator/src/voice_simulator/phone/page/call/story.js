/** Makes the entries of the time axis and of the list from the events of a call (simulator/phone/protocol.py). */

import { CALL_ENTRIES } from "./call_entries.js";
import { SOCKET_ENTRIES } from "./socket_entries.js";
import { WEBHOOK_ENTRIES } from "./webhook_entries.js";

const MAKERS = { ...CALL_ENTRIES, ...SOCKET_ENTRIES, ...WEBHOOK_ENTRIES };

/** The entries of one call. */
export class Story {
  /** @param {(entry: object) => void} told called with each entry that is new or has changed */
  constructor(told) {
    this.entries = [];
    this.told = told;
    this.why = "failed"; // once the call has ended
    this.named = new Map(); // entries that a later event adds to
    this.shownBy = []; // the entry that an event made or added to, by the event's number
  }

  /** Take an event; most make an entry, some add to one. */
  tell(event) {
    this.last = null;
    MAKERS[event.event]?.(this, event);
    this.shownBy.push(this.last);
  }

  /**
   * Add an entry.
   * @param {object} entry `lane`, `at` in seconds of the call, a short `label`, a `title`; `lasts` if it ends at an
   *   `until` that may come later; `facts` are pairs of texts, `texts` headings with JSON or text; `rules` are
   *   `{word, sentence, section}`; `broken` says in short what is wrong; `status` is a response's; `request` is the
   *   event of a request, which can be sent again
   * @param {string} name by which a later event finds it, if one does
   */
  add(entry, name) {
    const whole = { lasts: false, facts: [], texts: [], rules: [], broken: "", ...entry, at: entry.at ?? 0 };
    this.entries.push(whole);
    if (name) {
      this.named.set(name, whole);
    }
    this.last = whole;
    this.told(whole);
  }

  /** Change the entry of a name; return whether there is one. */
  change(name, change) {
    const entry = this.named.get(name);
    if (entry) {
      change(entry);
      this.last = entry;
      this.told(entry);
    }
    return entry !== undefined;
  }

  /** End whatever still lasts. */
  end(at) {
    for (const entry of this.entries.filter(({ lasts, until }) => lasts && until === undefined)) {
      entry.until = at;
    }
  }
}

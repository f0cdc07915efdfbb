/** The application that is called: the simulator's own, or another one for this tab. */

import { byId } from "./element.js";

const FIELDS = { "answer-url": "answer_url", method: "method", from: "from", to: "to" };
const NAME = "phone.application"; // of this tab alone: a link must never say whom this machine calls

/** The fields of the page, as the tab had them before it was loaded again. */
export class ApplicationFields {
  constructor() {
    this.own = {}; // the simulator's
    for (const id of Object.keys(FIELDS)) {
      byId(id).onchange = () => sessionStorage.setItem(NAME, JSON.stringify(this.changed));
    }
  }

  /** Take the simulator's greeting. */
  greet({ application, from, to }) {
    this.own = { answer_url: application.answer_url, method: application.answer_method, from, to };
    const changed = JSON.parse(sessionStorage.getItem(NAME) ?? "{}");
    for (const [id, name] of Object.entries(FIELDS)) {
      byId(id).value = changed[name] ?? this.own[name];
    }
  }

  /** What a person has changed, as the protocol names it. */
  get changed() {
    const given = Object.entries(FIELDS).map(([id, name]) => [name, byId(id).value.trim()]);
    return Object.fromEntries(given.filter(([name, value]) => value && value !== this.own[name]));
  }

  /** Who calls whom, in a line. */
  get words() {
    const { answer_url: url, method, from, to } = { ...this.own, ...this.changed };
    return `${from} calls ${to}, answered by ${method} ${url}`;
  }
}

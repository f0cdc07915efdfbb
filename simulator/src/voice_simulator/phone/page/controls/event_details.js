/** What lies behind an entry: the request and the answer, the JSON, how long it took, the rules that it breaks. */

import { curl } from "../call/curl.js";
import { element } from "./element.js";

/**
 * Show an entry.
 * @param {HTMLElement} place
 * @param {{title: string, facts: [string, string][], texts: [string, unknown][], rules: object[]}} entry `texts` are
 *   JSON or text under a heading; `rules` are
 *   `{word, sentence, section}`
 * @param {(entry: object) => void} sendAgain
 */
export function showDetails(place, entry, sendAgain) {
  const facts = entry.facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]);
  place.replaceChildren(
    element("h2", {}, entry.title),
    ...entry.rules.map(rule),
    ...(entry.request ? [requestButtons(entry, sendAgain)] : []),
    element("dl", {}, ...facts),
    ...entry.texts.flatMap(([heading, value]) => [
      element("h3", {}, heading),
      element("pre", { tabIndex: 0 }, shown(value)),
    ]),
  );
}

function requestButtons(entry, sendAgain) {
  const copy = element("button", { textContent: "Copy as curl" });
  copy.onclick = async () => {
    await navigator.clipboard.writeText(curl(entry.request));
    copy.textContent = "Copied";
  };
  const again = element("button", { textContent: "Send again", onclick: () => sendAgain(entry) });
  return element("p", { className: "row" }, copy, " ", again);
}

/** Say that nothing is chosen. */
export function showNoDetails(place, words) {
  place.replaceChildren(element("p", { className: "hint" }, words));
}

function rule({ word, sentence, section, rule: id }) {
  const cited = [id, section && `platform.md, ${section}`].filter(Boolean).join("; ");
  const where = cited ? [" ", element("cite", {}, cited)] : [];
  const className = word === "Odd" ? "rule odd" : "rule";
  return element("p", { className }, element("strong", {}, `${word}: `), sentence, ...where);
}

function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

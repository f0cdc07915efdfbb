/** What lies behind an entry: the request and the answer, the JSON, how long it took, the rules that it breaks. */

import { element } from "./element.js";

/**
 * Show an entry.
 * @param {HTMLElement} place
 * @param {{title: string, facts: [string, string][], texts: [string, unknown][], rules: object[]}} entry `texts` are
 *   JSON or text under a heading; `rules` are
 *   `{word, sentence, section}`
 */
export function showDetails(place, entry) {
  const facts = entry.facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]);
  place.replaceChildren(
    element("h3", {}, entry.title),
    ...entry.rules.map(rule),
    element("dl", {}, ...facts),
    ...entry.texts.flatMap(([heading, value]) => [
      element("h4", {}, heading),
      element("pre", { tabIndex: 0 }, shown(value)),
    ]),
  );
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

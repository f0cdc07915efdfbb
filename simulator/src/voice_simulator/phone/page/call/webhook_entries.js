/** The entries of webhooks: request and response, what is wrong with them, and the NCCO that came. */

import { capitalized, milliseconds, path } from "./entry_text.js";

/** From an event's name to a function of the story and the event. */
export const WEBHOOK_ENTRIES = {
  request_sent(story, event) {
    const { id, webhook, event_name: name, method, url, fields, attempt } = event;
    const facts = [
      ["URL", url],
      ["Method", method],
      ["Attempt", String(attempt)],
    ];
    const title = `${name ? `event ${name}` : webhook}: ${method} ${path(url)}${attempt > 1 ? ", once more" : ""}`;
    const label = name ?? webhook;
    const texts = [["Request", fields]];
    story.add(
      { lane: "webhooks", at: event.at, lasts: true, label, title, facts, texts, request: event },
      `request ${id}`,
    );
  },

  response_received: (story, event) =>
    story.change(`request ${event.id}`, (entry) => {
      Object.assign(entry, { until: event.at, tookMs: event.seconds * 1000, status: event.status });
      entry.facts.push(["Status", `${event.status} ${event.reason}`.trim()], ["Took", milliseconds(event.seconds)]);
      if (event.content_type) {
        entry.facts.push(["Content-Type", event.content_type]);
      }
      if (event.authorization) {
        entry.facts.push(["Authorization sent", event.authorization]);
      }
      entry.texts.push(["Response", event.body_bytes ? event.body : "(no body)"]);
    }),

  request_failed: (story, event) =>
    story.change(`request ${event.id}`, (entry) => {
      Object.assign(entry, { until: event.at, tookMs: event.seconds * 1000, broken: "failed" });
      entry.rules.push({ word: "Failed", ...event });
    }),

  problem_found(story, event) {
    const note = (entry) => {
      if (event.breaks_rule) {
        entry.broken = "breaks a rule";
        entry.rules.push({ word: "Breaks a rule", ...event });
      } else {
        entry.rules.push({ word: "Odd", ...event });
      }
    };
    if (!story.change(`request ${event.request}`, note)) {
      const entry = { lane: "actions", at: event.at, label: "problem", title: capitalized(event.sentence), rules: [] };
      note(entry);
      story.add(entry);
    }
  },

  ncco_received(story, event) {
    const names = event.actions.map(({ action }) => action).join(", ");
    const title = names ? `NCCO: ${names}` : "An NCCO that is not played";
    story.add({ lane: "actions", at: event.at, label: "NCCO", title, texts: [["NCCO", event.actions]] });
  },
};

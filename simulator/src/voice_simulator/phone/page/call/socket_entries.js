/** The entries of sockets: opening and closing, text messages, cleared queues, and moves. */

import { milliseconds, path, seconds } from "./entry_text.js";

/** From an event's name to a function of the story and the event. */
export const SOCKET_ENTRIES = {
  socket_opening: (story, { at, uri, endpoint }) =>
    story.add(
      {
        lane: "messages",
        at,
        lasts: true,
        label: "open",
        title: `Socket opens: ${path(uri)}`,
        facts: [["URI", uri]],
        texts: [["Endpoint", endpoint]],
      },
      "socket",
    ),

  socket_opened(story, event) {
    story.change("socket", (entry) => {
      Object.assign(entry, { until: event.at, tookMs: event.seconds * 1000 });
      entry.facts.push(["Opened in", milliseconds(event.seconds)], ["Rate", `${event.rate} Hz`]);
    });
    story.change("move", (entry) => {
      const took = seconds(event.at - entry.at);
      Object.assign(entry, { until: event.at, label: `moved in ${took}` });
      entry.title = `The call moved to another socket in ${took}`;
    });
  },

  socket_refused: (story, event) =>
    story.change("socket", (entry) => {
      Object.assign(entry, { until: event.at, broken: "failed", label: "refused" });
      entry.title = `Socket not opened: ${path(event.uri)}`;
      entry.facts.push(["Reported as", event.status ?? "a reason without a status"]);
      entry.rules.push({ word: "Failed", ...event });
    }),

  socket_closed(story, { at, uri, code, reason, by, failed }) {
    if (by !== "caller") {
      story.add({ lane: "faults", at, lasts: true, label: "no socket", title: "The call has no socket" }, "move");
    }
    story.add({
      lane: "messages",
      at,
      label: `closed ${code ?? ""}`.trim(),
      title: `Socket closed by the ${by}${code ? `, code ${code}` : ""}`,
      broken: failed ? `code ${code}` : "",
      facts: [
        ["URI", uri],
        ["Reason", reason || "none given"],
      ],
    });
  },

  text_sent: (story, event) => addText(story, event, "→", "to"),
  text_received: (story, event) => addText(story, event, "←", "from"),

  cleared: (story, { at, frames }) =>
    story.add({ lane: "messages", at, label: "cleared", title: `The queue is cleared: ${frames} frames dropped` }),
};

function addText(story, { at, message }, arrow, direction) {
  const name = message?.event ?? message?.action ?? "text";
  story.add({
    lane: "messages",
    at,
    label: `${arrow} ${name.replace("websocket:", "")}`,
    title: `${arrow} ${direction} the application: ${name}`,
    isProbe: /notify$/.test(name),
    texts: [["Message", message]],
  });
}

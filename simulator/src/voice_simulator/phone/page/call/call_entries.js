/** The entries of the call itself: its beginning and end, the actions of its NCCO, keys, and faults made by button. */

import { ENDS, seconds } from "./entry_text.js";

const FAULTS = {
  stall: { label: "network still", title: "The network stands still" },
  cut: { label: "cut", title: "The socket is cut off" },
  close: { label: "closed", title: "The socket is closed, as by a server that restarts" },
  refuse: { label: "refuse", title: "The next connect is to be refused" },
};

/** From an event's name to a function of the story and the event. */
export const CALL_ENTRIES = {
  call_began: (story, event) =>
    story.add({
      lane: "none", // it is where the axis begins
      at: event.at,
      label: "call",
      title: `${event.caller} calls ${event.called}`,
      facts: [
        ["Conversation", event.conversation_uuid],
        ["Time", event.time],
      ],
    }),

  call_answered: (story, { at }) =>
    story.add({ lane: "none", at, label: "answered", title: "The call is answered" }),

  action_began(story, { at, number, action }) {
    const words = action.text ? `: “${action.text}”` : "";
    story.add(
      {
        lane: "actions",
        at,
        lasts: true,
        label: action.action,
        title: action.action + words,
        texts: [["Action", action]],
      },
      `action ${number}`,
    );
  },

  action_ended: (story, event) =>
    story.change(`action ${event.number}`, (entry) => {
      entry.until = event.at;
      entry.facts.push(["Lasted", seconds(event.seconds)]);
    }),

  key_pressed: (story, event) =>
    story.add({
      lane: "keys",
      at: event.at,
      label: event.digit,
      title: `Key ${event.digit}${event.taken_by ? `, taken by the ${event.taken_by}` : ": nothing listened"}`,
    }),

  fault_began: (story, { at, fault }) =>
    story.add({ lane: "faults", at, lasts: fault === "stall", ...FAULTS[fault] }, `fault ${fault}`),

  fault_ended: (story, event) =>
    story.change(`fault ${event.fault}`, (entry) => {
      entry.until = event.at;
    }),

  machine_paused: (story, { at, seconds: paused }) =>
    story.add({ lane: "none", at, label: "paused", title: `This machine paused for ${seconds(paused)}` }),

  call_ended(story, { at, why }) {
    story.end(at);
    story.why = why;
  },

  judged(story, { at, errors, warnings }) {
    story.add({
      lane: errors.length ? "actions" : "none",
      at,
      label: "end",
      title: `The call ends: ${ENDS[story.why]}`,
      broken: errors.length ? "failed" : "",
      rules: [
        ...errors.map((sentence) => ({ word: "Wrong", sentence })),
        ...warnings.map((sentence) => ({ word: "Odd", sentence })),
      ],
    });
  },
};

/** The calls that this browser keeps, to be opened again. */

import { ENDS } from "../call/entry_text.js";
import { forgetCalls, keepCall, keptCall, keptCalls } from "../call/kept_calls.js";
import { clock } from "../drawing/paper.js";
import { byId, element, setText } from "./element.js";

/** Wire the list; `open` is called with the trace and the recording of a call that is chosen. */
export function makePastCalls(open) {
  byId("forget").onclick = async () => {
    await forgetCalls();
    await showPastCalls(open);
  };
  return showPastCalls(open);
}

/** Keep a call that has ended, and show it among the others. */
export async function keepInBrowser(call, trace, open) {
  const { time } = call.begun;
  const summary = { time, application: call.answerUrl, seconds: call.endedAt, why: call.ended.why };
  const cause = call.cause?.sentence ?? "";
  try {
    await keepCall({ ...summary, cause }, trace, call.recording.isEmpty ? null : call.recording.wav());
  } catch (error) {
    setText(byId("keeping"), `This browser did not keep the last call (${error.name}): save its files.`);
    return;
  }
  await showPastCalls(open);
}

async function showPastCalls(open) {
  let calls = [];
  let trouble = "";
  try {
    calls = await keptCalls();
  } catch (error) {
    trouble = `This browser keeps no calls (${error.name}).`;
  }
  setText(byId("keeping"), trouble);
  byId("forget").hidden = !calls.length;
  byId("history").replaceChildren(...calls.map((call) => row(call, open)));
}

function row({ id, time, application, seconds, why, cause }, open) {
  const begun = new Date(time).toLocaleString();
  const ending = cause ? element("strong", {}, cause) : ENDS[why];
  const button = element("button", {
    textContent: begun,
    onclick: async () => {
      const { trace, recording } = await keptCall(id);
      open(trace, recording);
    },
  });
  const words = element("span", {}, `${clock(seconds)}, ${application}: `, ending);
  return element("li", {}, button, " ", words);
}

/** Keeps a call as files: the recording, the trace, the picture. */

import { traceOf } from "../call/trace.js";
import { drawPicture } from "../drawing/picture.js";
import { byId } from "./element.js";

/** Wire the buttons; `current` returns the call, its browser's figures and the application. */
export function makeKeepButtons(current) {
  byId("keep-recording").onclick = () => save(current().call.recording.wav(), "wav", current());
  byId("keep-trace").onclick = () => save(trace(current()), "json", current());
  byId("keep-picture").onclick = async () => save(await drawPicture(current()), "png", current());
  byId("copy-link").onclick = async () => {
    await navigator.clipboard.writeText(location.href);
    byId("copy-link").textContent = "Link copied";
  };
}

/** Let the buttons be used as far as the call has something to keep. */
export function enableKeepButtons(call) {
  byId("keep-recording").disabled = call.recording.isEmpty;
  byId("keep-trace").disabled = byId("keep-picture").disabled = !call.trace.length;
}

function trace({ call, browser, hello }) {
  const whole = traceOf(call, hello.trace, hello.version, browser);
  return new Blob([JSON.stringify(whole)], { type: "application/json" });
}

function save(blob, ending, { call }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `call-${call.begun.time.slice(0, 19).replaceAll(":", "")}.${ending}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Keeps a call as files: the recording, the trace, the picture, the scenario. */

import { beginOf, scenarioOf } from "../call/scenario.js";
import { drawPicture } from "../drawing/picture.js";
import { byId } from "./element.js";

/** Wire the buttons; `current` returns the call, and its trace as JSON. */
export function makeKeepButtons(current) {
  const call = () => current().call;
  byId("keep-recording").onclick = () => save(call().recording.wav(), "wav", call());
  byId("keep-trace").onclick = () => {
    save(new Blob([JSON.stringify(current().trace)], { type: "application/json" }), "json", call());
  };
  byId("keep-picture").onclick = async () => save(await drawPicture(call()), "png", call());
  byId("keep-scenario").onclick = () => {
    const { recording, endedAt } = call();
    save(recording.saidWav(beginOf(call()), endedAt), "said.wav", call());
    save(new Blob([scenarioOf(call(), nameOf(call(), "said.wav"))]), "yaml", call());
  };
  byId("copy-link").onclick = async () => {
    await navigator.clipboard.writeText(location.href);
    byId("copy-link").textContent = "Link copied";
  };
}

/** Let the buttons be used as far as a call that is over has something to keep. */
export function enableKeepButtons(call) {
  const isKept = call.isOver && call.trace.length > 0;
  byId("keep-recording").disabled = !call.isOver || call.recording.isEmpty;
  byId("keep-trace").disabled = byId("keep-picture").disabled = !isKept;
  byId("keep-scenario").disabled = !isKept || call.answeredAt === null || call.recording.isEmpty;
}

const nameOf = (call, ending) =>
  `call-${(call.begun?.time ?? new Date().toISOString()).slice(0, 19).replaceAll(":", "")}.${ending}`;

function save(blob, ending, call) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = nameOf(call, ending);
  link.click();
  URL.revokeObjectURL(link.href);
}

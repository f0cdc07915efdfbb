/** Opens a call that was kept: a trace, a recording or both, by a button, dropped onto the page, or of this browser. */

import { WavError, readStereoWav } from "../audio/wav.js";
import { TraceError, readTrace } from "../call/trace.js";
import { byId } from "./element.js";
import { makePastCalls } from "./past_calls.js";

/**
 * Wire the button, the page and the list of calls.
 * @param {Phone} phone
 * @param {() => object} format what the simulator's greeting says of traces
 * @param {object} take what is called: `complain(sentence)`, empty at first; `opened()`
 * @returns {(trace: object, recording: Blob|null) => Promise} to open a call that this browser keeps
 */
export function makeOpener(phone, format, take) {
  async function open(act) {
    take.complain("");
    if (phone.inCall || phone.placing) {
      take.complain("Hang up first: the page shows one call.");
      return;
    }
    try {
      await act();
    } catch (error) {
      if (!(error instanceof TraceError || error instanceof WavError)) {
        throw error;
      }
      take.complain(error.message);
      return;
    }
    take.opened();
  }

  async function openFiles(files) {
    const isRecording = ({ name }) => name.toLowerCase().endsWith(".wav");
    for (const file of files.filter((each) => !isRecording(each))) {
      phone.open(readTrace(await file.text(), format()));
    }
    for (const file of files.filter(isRecording)) {
      openRecording(await file.arrayBuffer());
    }
  }

  /** Add a recording to the call that was opened without one; or else open it alone. */
  function openRecording(file) {
    const sound = readStereoWav(file);
    if (phone.call.isOver && phone.call.frames && phone.call.recording.isEmpty) {
      phone.call.addSound(sound);
    } else {
      phone.open({ events: [], frames: null });
      phone.call.openSound(sound);
    }
  }

  const openKept = (trace, recording) =>
    open(async () => {
      phone.open(trace);
      if (recording) {
        openRecording(await recording.arrayBuffer());
      }
    });
  const chooser = byId("open-files");
  byId("open").onclick = () => chooser.click();
  chooser.onchange = async () => {
    await open(() => openFiles([...chooser.files]));
    chooser.value = ""; // so that the same file can be chosen again
  };
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    open(() => openFiles(files));
  });
  makePastCalls(openKept);
  return openKept;
}

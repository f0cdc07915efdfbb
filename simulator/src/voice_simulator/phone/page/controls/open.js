/** Opens a call that was kept: its trace, and its recording, by a button or dropped onto the page. */

import { byId } from "./element.js";

/**
 * Wire the button and the page.
 * @param {(files: {traces: File[], recordings: File[]}) => void} open called with files that somebody gives
 */
export function makeOpenButton(open) {
  const sorted = (files) => {
    const isRecording = ({ name }) => name.toLowerCase().endsWith(".wav");
    open({ traces: files.filter((file) => !isRecording(file)), recordings: files.filter(isRecording) });
  };
  const chooser = byId("open-files");
  byId("open").onclick = () => chooser.click();
  chooser.onchange = () => {
    sorted([...chooser.files]);
    chooser.value = ""; // so that the same file can be chosen again
  };
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    sorted([...event.dataTransfer.files]);
  });
}

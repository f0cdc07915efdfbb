/** The caller's microphone. */

import { SoundError, inTime } from "./in_time.js";

const PROMPT_MS = 60000; // that a person has for the browser's prompt

/** A microphone that can't be used; the bundled speech may speak instead. */
export class MicrophoneError extends SoundError {}

/**
 * Open a microphone.
 * @param {AudioContext} context
 * @param {string} deviceId empty for the browser's choice
 * @param {boolean} echoCancelled whether the browser takes the loudspeaker's sound out of it
 * @param {AbortSignal} signal that ends the waiting for a person's permission
 * @returns {Promise<{node: AudioNode, end: () => void}>}
 * @throws {MicrophoneError|Cancelled}
 */
export async function openMicrophone(context, deviceId, echoCancelled, signal) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new MicrophoneError("This browser gives this page no microphone: open the page at 127.0.0.1.");
  }
  const audio = { echoCancellation: echoCancelled, noiseSuppression: false, autoGainControl: false };
  if (deviceId) {
    audio.deviceId = { exact: deviceId };
  }
  const opening = navigator.mediaDevices.getUserMedia({ audio });
  const late = new MicrophoneError("The browser's prompt for the microphone was not answered: call again.");
  try {
    const mediaStream = await inTime(opening, PROMPT_MS, late, signal);
    const node = new MediaStreamAudioSourceNode(context, { mediaStream });
    const end = () => {
      node.disconnect();
      stop(mediaStream);
    };
    return { node, end };
  } catch (error) {
    opening.then(stop, () => {}); // it may still open
    throw error instanceof DOMException ? new MicrophoneError(explain(error)) : error;
  }
}

function stop(mediaStream) {
  mediaStream.getTracks().forEach((track) => track.stop());
}

function explain(error) {
  switch (error.name) {
    case "NotAllowedError":
      return "The browser does not let this page use a microphone: allow it in the address bar.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "There is no such microphone: plug one in, or choose another.";
    default:
      return `The microphone can't be opened (${error.name}): choose another.`;
  }
}

/** The caller's microphone. */

/** A microphone that can't be used; the message says why and what to do, up to another way. */
export class MicrophoneError extends Error {}

/**
 * Open a microphone.
 * @param {AudioContext} context
 * @param {string} deviceId empty for the browser's choice
 * @param {boolean} echoCancelled whether the browser takes the loudspeaker's sound out of it
 * @returns {Promise<{node: AudioNode, end: () => void}>}
 * @throws {MicrophoneError}
 */
export async function openMicrophone(context, deviceId, echoCancelled) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new MicrophoneError("This browser gives this page no microphone. Open it on 127.0.0.1, or");
  }
  const audio = { echoCancellation: echoCancelled, noiseSuppression: false, autoGainControl: false };
  if (deviceId) {
    audio.deviceId = { exact: deviceId };
  }
  try {
    const mediaStream = await navigator.mediaDevices.getUserMedia({ audio });
    const node = new MediaStreamAudioSourceNode(context, { mediaStream });
    const end = () => {
      node.disconnect();
      mediaStream.getTracks().forEach((track) => track.stop());
    };
    return { node, end };
  } catch (error) {
    throw new MicrophoneError(explain(error));
  }
}

function explain(error) {
  switch (error.name) {
    case "NotAllowedError":
      return "The browser does not let this page use a microphone. Allow it in the address bar, or";
    case "NotFoundError":
    case "OverconstrainedError":
      return "There is no such microphone. Plug one in, choose another, or";
    default:
      return `The microphone can't be opened (${error.name}). Choose another, or`;
  }
}

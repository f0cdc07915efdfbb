/** WAV files: 16-bit PCM. */

/** A file that is no such WAV file. */
export class WavError extends Error {}

const HEADER_BYTES = 44;
const CHANNELS = 2;

/**
 * Return a WAV file.
 * @param {Int16Array} left
 * @param {Int16Array} right of the same length
 * @param {number} rate Hz
 * @returns {Blob}
 */
export function stereoWav(left, right, rate) {
  const samples = new Int16Array(left.length * CHANNELS);
  left.forEach((value, index) => (samples[index * CHANNELS] = value));
  right.forEach((value, index) => (samples[index * CHANNELS + 1] = value));
  return new Blob([header(samples.byteLength, rate, CHANNELS), samples], { type: "audio/wav" });
}

/** Return a WAV file with one channel. */
export function monoWav(samples, rate) {
  return new Blob([header(samples.byteLength, rate, 1), samples], { type: "audio/wav" });
}

/**
 * Return the samples of a WAV file.
 * @param {ArrayBuffer} file
 * @returns {{left: Int16Array, right: Int16Array, rate: number}}
 * @throws {WavError}
 */
export function readStereoWav(file) {
  const view = new DataView(file);
  const name = (at) => String.fromCharCode(...new Uint8Array(file, at, 4));
  let rate = 0;
  for (let at = 12; at + 8 <= file.byteLength; at += 8 + view.getUint32(at + 4, true)) {
    if (name(at) === "fmt " && view.getUint16(at + 10, true) === CHANNELS && view.getUint16(at + 22, true) === 16) {
      rate = view.getUint32(at + 12, true);
    } else if (name(at) === "data" && rate) {
      const count = Math.min(view.getUint32(at + 4, true), file.byteLength - at - 8) >> 2;
      const samples = new Int16Array(file.slice(at + 8, at + 8 + 4 * count));
      const channel = (first) => Int16Array.from({ length: count }, (_, index) => samples[2 * index + first]);
      return { left: channel(0), right: channel(1), rate };
    }
  }
  throw new WavError("This is no recording of a call: a stereo WAV file of 16 bits.");
}

function header(dataBytes, rate, channels) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const name = (at, text) => [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  name(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of the format
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, dataBytes, true);
  return view;
}

/** Stereo WAV files: 16-bit PCM. */

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
  return new Blob([header(samples.byteLength, rate), samples], { type: "audio/wav" });
}

function header(dataBytes, rate) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const name = (at, text) => [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  name(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of the format
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, CHANNELS, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * CHANNELS * 2, true);
  view.setUint16(32, CHANNELS * 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, dataBytes, true);
  return view;
}

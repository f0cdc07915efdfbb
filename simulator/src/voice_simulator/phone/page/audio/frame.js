/** The call's binary messages (simulator/phone/protocol.py): a header, then 20 ms of audio (L16, mono). */

export const FRAME_MS = 20;
export const FRAMES_PER_SECOND = 1000 / FRAME_MS;
export const SAID = 2; // the kind of a frame that the caller said; the others were heard
const UP_BYTES = 8;
const DOWN_BYTES = 24;
const FULL_SCALE = 0x8000;

/**
 * Return the message for a frame of the microphone.
 * @param {number} time when its last sample was captured, in ms of the audio clock
 * @param {Int16Array} samples
 * @returns {ArrayBuffer}
 */
export function packFrame(time, samples) {
  const message = new ArrayBuffer(UP_BYTES + samples.byteLength);
  new DataView(message).setFloat64(0, time, true);
  new Int16Array(message, UP_BYTES).set(samples);
  return message;
}

/**
 * Return a frame that was said or heard.
 * @param {ArrayBuffer} message
 * @returns {{kind: number, at: number, captured: number, samples: Int16Array, rate: number}} `at` in seconds of the
 *   call; `captured` the time of the microphone's frame that this one is or echoes, NaN if there is none
 */
export function unpackFrame(message) {
  const header = new DataView(message);
  const samples = new Int16Array(message, DOWN_BYTES);
  return {
    kind: header.getUint32(0, true),
    at: header.getFloat64(8, true),
    captured: header.getFloat64(16, true),
    samples,
    rate: samples.length * FRAMES_PER_SECOND,
  };
}

/** Return floats from -1 to 1 as 16-bit samples. */
export function toInt16(floats) {
  return Int16Array.from(floats, (value) =>
    Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(value * FULL_SCALE))),
  );
}

/** Return 16-bit samples as floats from -1 to 1. */
export function toFloats(samples) {
  return Float32Array.from(samples, (value) => value / FULL_SCALE);
}

/** Return the loudest sample, from 0 to 1. */
export function peak(samples) {
  let loudest = 0;
  for (const value of samples) {
    loudest = Math.max(loudest, Math.abs(value));
  }
  return loudest / FULL_SCALE;
}

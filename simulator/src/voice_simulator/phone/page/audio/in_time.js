/** Waiting for what the browser may never do. */

/** What the browser didn't do; the message says what to do about it. */
export class SoundError extends Error {}

/** The person doesn't want to wait any longer. */
export class Cancelled extends Error {}

/**
 * Return what a promise brings.
 * @param {Promise} promise
 * @param {number} milliseconds to wait at most
 * @param {Error} late what is thrown then
 * @param {AbortSignal} signal that ends the waiting
 */
export async function inTime(promise, milliseconds, late, signal) {
  let timer = 0;
  const given = new Promise((_, reject) => {
    timer = setTimeout(() => reject(late), milliseconds);
    signal.addEventListener("abort", () => reject(new Cancelled()));
  });
  try {
    return await Promise.race([promise, given]);
  } finally {
    clearTimeout(timer);
  }
}

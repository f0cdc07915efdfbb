/** Starts what a call needs of the browser: its sound, and the microphone unless the bundled speech speaks. */

import { BrowserDelay } from "./browser_delay.js";
import { openMicrophone } from "./microphone.js";
import { Sound } from "./sound.js";

const FIRST_RATE = 16000; // Hz, until an event names another

/**
 * Return the sound of a call that is about to be placed, and its delay.
 * @param {object} settings as the phone has them
 * @param {boolean} muted
 * @param {AbortSignal} signal that gives it up
 * @param {{frame: (frame: object) => void, waits: (words: string) => void}} take called with each frame of the caller,
 *   and with what is waited for
 * @returns {Promise<{sound: Sound, delay: BrowserDelay}>}
 * @throws {SoundError|Cancelled}
 */
export async function startSound(settings, muted, signal, take) {
  const delay = new BrowserDelay();
  const sound = new Sound({
    frame: take.frame,
    played: ({ time, startsAt }) => delay.played(time, startsAt + sound.outputMs),
    lateness: (counts) => delay.count(counts),
  });
  try {
    take.waits("Starting the sound…");
    await sound.open(FIRST_RATE, settings.volume, signal);
    await sound.setLoudspeaker(settings.loudspeaker);
    if (settings.voice === "microphone") {
      take.waits("Waiting for the microphone…");
    }
    sound.speakWith(await openVoice(sound, settings.voice, settings, signal));
    sound.setMuted(muted);
  } catch (error) {
    sound.close();
    throw error;
  }
  return { sound, delay };
}

/** Return the microphone, once it may be used, or null for the bundled speech, which the simulator speaks. */
export async function openVoice(sound, voice, { microphone, echoCancelled }, signal) {
  return voice === "speech" ? null : openMicrophone(sound.context, microphone, echoCancelled, signal);
}

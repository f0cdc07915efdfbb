/** Speaks the `talk` actions of an NCCO by the browser's own voice, and shows their words in any case. */

import { setText } from "./element.js";

export class Talk {
  /** @param {HTMLElement} place where the words are shown */
  constructor(place) {
    this.place = place;
    this.voice = window.speechSynthesis; // missing in some browsers
  }

  /** Say an action's text, as loud as `volume` (0 to 1). */
  say({ text, language }, volume) {
    const words = text.replace(/<[^>]*>/g, ""); // SSML: its words alone
    setText(this.place, `“${words}”`);
    if (this.voice) {
      const utterance = new SpeechSynthesisUtterance(words);
      utterance.lang = language ?? "en-US";
      utterance.volume = volume;
      this.voice.speak(utterance);
    }
  }

  /** Say no more, as a key has broken the action off or the call has ended. */
  stop() {
    this.voice?.cancel();
  }

  /** Forget what was said: another call begins. */
  clear() {
    this.stop();
    setText(this.place, "");
  }
}

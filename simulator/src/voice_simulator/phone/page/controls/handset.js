/** The controls of the phone: voice, devices, mute, volume, levels and the buttons that break something. */

import { Cancelled, SoundError } from "../audio/in_time.js";
import { MicrophoneError } from "../audio/microphone.js";
import { listDevices } from "./devices.js";
import { byId, setText } from "./element.js";
import { makeKeypad } from "./keypad.js";
import { keepSettings } from "./settings.js";

const LINK = ["voice", "volume", "echoCancelled"]; // of the settings: a device has no name in a link
const PRESSED_WHILE_STALLED = "2";
const FADE = 0.9; // of a level, for each frame: so that the eye can follow

/** Wire the controls to a phone. */
export class Handset {
  constructor(phone, settings) {
    this.phone = phone;
    this.settings = settings;
    this.refreshDevices = listDevices();
    makeKeypad((key) => phone.inCall && phone.press(key));
    this.wireVoice();
    this.wireSound();
    for (const button of byId("faults").querySelectorAll("button")) {
      button.onclick = () => this.breakIt(button.dataset.fault);
    }
    this.show();
  }

  /** Run what may need the sound and the microphone; say why that fails, and offer the bundled speech. */
  async withVoice(act) {
    this.complain("");
    try {
      await act();
      this.refreshDevices();
    } catch (error) {
      if (error instanceof SoundError) {
        this.complain(error.message, error instanceof MicrophoneError);
      } else if (!(error instanceof Cancelled)) {
        throw error;
      }
    }
    this.show();
  }

  /** Show what can be done now. */
  show() {
    const { inCall, placing } = this.phone;
    const speech = this.settings.voice === "speech";
    byId("application").disabled = inCall || Boolean(placing);
    for (const button of document.querySelectorAll("#keypad button, #faults button")) {
      button.disabled = !inCall;
    }
    byId("microphone-choice").hidden = speech;
    byId("mute").disabled = speech;
    for (const radio of document.querySelectorAll("[name=voice]")) {
      radio.checked = radio.value === this.settings.voice;
    }
    byId("volume").value = this.settings.volume;
    byId("echo-cancelled").checked = this.settings.echoCancelled;
  }

  change(changes) {
    Object.assign(this.settings, changes);
    keepSettings(Object.fromEntries(LINK.map((name) => [name, this.settings[name]])));
  }

  wireVoice() {
    // The settings change once the voice does: a microphone may be denied, and the speech then goes on.
    const speak = (voice) => this.withVoice(() => this.phone.setVoice(voice).then(() => this.change({ voice })));
    const choose = (changes) => {
      this.change(changes);
      return speak(this.settings.voice);
    };
    for (const radio of document.querySelectorAll("[name=voice]")) {
      radio.onchange = () => speak(radio.value);
    }
    byId("use-speech").onclick = () => speak("speech");
    byId("microphone").onchange = ({ target }) => choose({ microphone: target.value });
    byId("echo-cancelled").onchange = ({ target }) => choose({ echoCancelled: target.checked });
    byId("mute").onclick = () => {
      this.phone.setMuted(!this.phone.muted);
      byId("mute").setAttribute("aria-pressed", String(this.phone.muted));
    };
  }

  wireSound() {
    byId("loudspeaker").onchange = ({ target }) => this.phone.setLoudspeaker(target.value);
    byId("volume").oninput = ({ target }) => {
      this.change({ volume: Number(target.value) });
      this.phone.setVolume(this.settings.volume);
    };
  }

  /** Say why something that was asked for can't be done, and whether the bundled speech would do. */
  complain(sentence, speechWouldDo = false) {
    setText(byId("trouble").querySelector("span"), sentence);
    byId("use-speech").hidden = !speechWouldDo;
    byId("trouble").hidden = !sentence;
  }

  breakIt(fault) {
    this.complain("");
    if (fault === "press-while-stalled") {
      this.phone.breakIt("stall", byId("stall-seconds").valueAsNumber);
      this.phone.press(PRESSED_WHILE_STALLED);
    } else {
      this.phone.breakIt(fault, byId("stall-seconds").valueAsNumber);
    }
  }
}

/** Show the loudness of a frame, from 0 to 1, on a meter. */
export function showLevel(id, loudness) {
  const meter = byId(id);
  meter.value = Math.max(loudness, meter.value * FADE);
}

/** Show silence on both meters. */
export function clearLevels() {
  byId("said-level").value = byId("heard-level").value = 0;
}

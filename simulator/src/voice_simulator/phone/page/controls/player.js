/** Plays the recording of a call that is over, with a cursor on the timeline. */

import { byId, setText } from "./element.js";

export class Player {
  /** @param {CourseView} course whose cursor moves */
  constructor(course) {
    this.course = course;
    this.audio = new Audio();
    this.begin = 0; // of the recording, in seconds of the call
    this.recording = null;
    byId("play").onclick = () => (this.audio.paused ? this.play() : this.audio.pause());
    for (const name of ["play", "pause", "ended"]) {
      this.audio.addEventListener(name, () => this.follow());
    }
  }

  /** Be ready to play a call, or nothing for null. */
  load(call) {
    this.audio.pause();
    URL.revokeObjectURL(this.audio.src);
    this.audio.removeAttribute("src");
    this.recording = call && !call.recording.isEmpty ? call.recording : null;
    byId("play").disabled = !this.recording;
    this.course.setCursor(null);
  }

  /** Go to a time of the call. */
  seek(time) {
    if (this.recording) {
      this.prepare();
      this.audio.currentTime = Math.max(0, time - this.begin);
      this.course.setCursor(this.begin + this.audio.currentTime);
    }
  }

  play() {
    this.prepare();
    this.audio.volume = byId("volume").value;
    this.audio.play().catch((error) => setText(byId("reading"), `The recording can't be played: ${error.message}`));
  }

  prepare() {
    if (!this.audio.src) {
      this.begin = this.recording.begin;
      this.audio.src = URL.createObjectURL(this.recording.wav());
    }
  }

  follow() {
    const { paused } = this.audio;
    setText(byId("play"), paused ? "Play" : "Pause");
    if (!paused) {
      this.course.setCursor(this.begin + this.audio.currentTime);
      requestAnimationFrame(() => this.follow());
    }
  }
}

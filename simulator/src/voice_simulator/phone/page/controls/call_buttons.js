/** Call, and Hang up, which is Cancel while a call waits for the browser. The focus goes from one to the other. */

import { byId, setText } from "./element.js";

export class CallButtons {
  /**
   * @param {Phone} phone
   * @param {() => Promise} place places a call, and returns once it is placed or given up
   */
  constructor(phone, place) {
    this.phone = phone;
    this.place = place;
    this.reachable = false; // whether the simulator is there
    byId("call").onclick = () => this.call();
    byId("hang-up").onclick = () => this.hangUp();
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.hangUp());
  }

  /** Show what can be done now. */
  show() {
    const { inCall, placing } = this.phone;
    const isIdle = !inCall && !placing;
    const [call, hangUp] = [byId("call"), byId("hang-up")];
    const focused = document.activeElement; // a disabled button loses the focus
    setText(hangUp, placing ? "Cancel" : "Hang up");
    hangUp.disabled = isIdle;
    call.disabled = !isIdle || !this.reachable;
    if (focused === call && call.disabled) {
      hangUp.focus();
    } else if (focused === hangUp && hangUp.disabled) {
      call.focus();
    }
  }

  async call() {
    if (!this.phone.inCall && !this.phone.placing) {
      const placed = this.place();
      this.show();
      await placed;
      this.show();
    }
  }

  hangUp() {
    this.phone.placing ? this.phone.cancel() : this.phone.hangUp();
  }
}

/** The keypad, by mouse and by keyboard. */

import { byId, element } from "./element.js";

const KEYS = [..."123456789*0#"];
const TYPING = "input:is([type=text], [type=url], [type=number]), select"; // there a key is not for the phone

/** Make the keypad; `press` is called with each key. */
export function makeKeypad(press) {
  const buttons = new Map(KEYS.map((key) => [key, element("button", { textContent: key, onclick: () => press(key) })]));
  byId("keypad").append(...buttons.values());
  document.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    const button = buttons.get(event.key);
    if (button && !modified && !event.target.closest(TYPING)) {
      event.preventDefault();
      button.click();
      button.classList.add("pressed");
    }
  });
  document.addEventListener("keyup", () => buttons.forEach((button) => button.classList.remove("pressed")));
}

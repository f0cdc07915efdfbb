/** The picture of a call, as a file: the time axis of the page under a line that names the call. */

import { Paper, clock } from "./paper.js";
import { drawCall, heightOf } from "./timeline.js";
import { wholeView } from "./view.js";

const WIDTH = 1200;
const HEAD = 44;
const EDGE = 20;
const HEIGHT = heightOf(WIDTH);

/** Return the picture as a PNG file. */
export async function drawPicture(call) {
  const axis = document.createElement("canvas");
  const styled = document.getElementById("timeline");
  drawCall(new Paper(axis, WIDTH - 2 * EDGE, HEIGHT, wholeView(call), styled), call, null);
  const whole = document.createElement("canvas");
  const paper = new Paper(whole, WIDTH, HEIGHT + HEAD + EDGE, { from: 0, to: 1 }, styled);
  const title = `A call of ${clock(call.now)} to ${call.answerUrl}`;
  paper.write(title, EDGE, 24, { size: 15, weight: "600" });
  paper.write("round trip dashed, play-out lag bold", WIDTH - EDGE, 24, { colour: "pale", align: "right" });
  paper.context.drawImage(axis, EDGE, HEAD, WIDTH - 2 * EDGE, HEIGHT);
  return new Promise((resolve) => whole.toBlob(resolve, "image/png"));
}

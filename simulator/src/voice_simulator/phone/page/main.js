/** The page: one phone, its controls, and what happened in its call. */

import { ENDS, milliseconds } from "./call/entry_text.js";
import { Phone } from "./call/phone.js";
import { traceOf } from "./call/trace.js";
import { ApplicationFields } from "./controls/application.js";
import { CallButtons } from "./controls/call_buttons.js";
import { CourseView } from "./controls/course_view.js";
import { byId, setText } from "./controls/element.js";
import { makeFigures, showFigures } from "./controls/figures.js";
import { Handset, clearLevels, showLevel } from "./controls/handset.js";
import { enableKeepButtons, makeKeepButtons } from "./controls/keep.js";
import { makeOpener } from "./controls/open.js";
import { keepInBrowser } from "./controls/past_calls.js";
import { Player } from "./controls/player.js";
import { readSettings } from "./controls/settings.js";
import { Talk } from "./controls/talk.js";
import { clock } from "./drawing/paper.js";

const settings = { ...readSettings(), microphone: "", loudspeaker: "" };
const talk = new Talk(byId("spoken"));
const application = new ApplicationFields();
const course = new CourseView({ seek: (time) => player.seek(time), sendAgain: (entry) => sendAgain(entry) });
const player = new Player(course);
let hello = null; // the simulator's first event
let again = null; // the entry whose request is sent again

const phone = new Phone(settings, {
  waits: (words) => showState(words, "live"),
  placed(call) {
    start(call);
    showState("Calling…", "live");
  },
  opened: (call) => start(call, false),
  entry: (entry) => course.tell(entry),
  event: (event) => REACTIONS[event.event]?.(event),
  said: (loudness) => showLevel("said-level", loudness),
  heard: (loudness) => showLevel("heard-level", loudness),
  lost(inCall) {
    buttons.reachable = false;
    inCall ? end() : buttons.show();
    showState("The simulator is gone: start it again as before, and this page finds it", "trouble");
  },
});

const REACTIONS = {
  hello(event) {
    hello = event;
    if (!buttons.reachable) {
      showState("Ready");
    }
    buttons.reachable = true;
    application.greet(event);
    setText(byId("target"), application.words);
    buttons.show();
  },
  error: ({ sentence }) => handset.complain(sentence),
  not_placed({ sentence }) {
    showState(sentence, "trouble");
    queueMicrotask(showIdle);
  },
  call_answered: () => showState("In call", "live"),
  action_began({ action }) {
    if (action.action === "talk") {
      talk.say(action, settings.volume);
    }
  },
  action_ended: (event) => event.broken_off && talk.stop(),
  figures: (event) => showFigures(event, phone.delay.figures),
  judged() {
    queueMicrotask(end); // the phone ends its call after this event
  },
  sent_again({ sentence, status, reason, seconds, body }) {
    const words = sentence ?? `${status} ${reason} after ${milliseconds(seconds)}`;
    again.texts.push(["Sent again", body === undefined ? words : { answered: words, body }]);
    course.choose(again);
  },
};

function start(call, isLive = true) {
  player.load(null);
  course.start(call, isLive);
  talk.clear();
  showFigures({}, phone.delay.figures);
  enableKeepButtons(call);
}

function end() {
  talk.stop();
  showEnd("Ended");
  if (phone.call.begun) {
    keepInBrowser(phone.call, currentTrace(), openKept);
  }
}

/** Show that a call is over: first why it went wrong, if it did. */
function showEnd(word) {
  const { cause, endedAt, ended, story } = phone.call;
  const ending = `${word} after ${clock(endedAt)}`;
  showState(cause ? `${cause.sentence}. ${ending}` : `${ending}: ${ENDS[ended.why]}`, cause ? "trouble" : "");
  enableKeepButtons(phone.call);
  player.load(phone.call);
  course.show("now");
  const shown = cause && story.shownBy[cause.event];
  if (shown) {
    course.choose(shown);
  }
  showIdle();
}

function showIdle() {
  clearLevels();
  setText(byId("clock"), "");
  handset.show();
  buttons.show();
}

function showState(words, kind = "") {
  byId("state").className = kind;
  setText(byId("state"), words);
}

function currentTrace() {
  return traceOf(phone.call, hello.trace, hello.version, phone.delay.figures);
}

function sendAgain(entry) {
  again = entry;
  phone.sendAgain(entry.request.id);
}

async function place() {
  const placed = handset.withVoice(() => phone.place(application.changed));
  handset.show();
  await placed;
  if (!phone.inCall) {
    const failed = !byId("trouble").hidden;
    showState(failed ? "Not called" : "Ready", failed ? "trouble" : "");
  }
}

const handset = new Handset(phone, settings);
const buttons = new CallButtons(phone, place);
makeFigures();
course.start(phone.call);
makeKeepButtons(() => ({ call: phone.call, trace: currentTrace() }));
const openKept = makeOpener(phone, () => hello.trace, {
  complain: (sentence) => handset.complain(sentence),
  opened() {
    showFigures(phone.call.figures, phone.delay.figures);
    showEnd("Opened: a call that ended");
  },
});
byId("now").onclick = () => course.show("now");
byId("application").addEventListener("change", () => setText(byId("target"), application.words));
window.addEventListener("beforeunload", (event) => phone.inCall && event.preventDefault());
setInterval(() => {
  // Apart from the state: a screen reader would read every second.
  if (phone.inCall) {
    setText(byId("clock"), clock(Math.floor(phone.call.now)));
  }
}, 200);

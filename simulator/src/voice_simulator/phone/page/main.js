/** The page: one phone, its controls, and what happened in its call. */

import { ENDS } from "./call/entry_text.js";
import { Phone } from "./call/phone.js";
import { CourseView } from "./controls/course_view.js";
import { byId, setText } from "./controls/element.js";
import { makeFigures, showFigures } from "./controls/figures.js";
import { Handset, clearLevels, showLevel } from "./controls/handset.js";
import { enableKeepButtons, makeKeepButtons } from "./controls/keep.js";
import { forgetCalls, keepCall, showPastCalls } from "./controls/past_calls.js";
import { readSettings } from "./controls/settings.js";
import { Talk } from "./controls/talk.js";
import { clock } from "./drawing/paper.js";

const settings = { ...readSettings(), microphone: "", loudspeaker: "" };
const talk = new Talk(byId("spoken"));
const view = new CourseView();
let hello = null; // the simulator's first event
let reachable = false;

const phone = new Phone(settings, {
  placed(call) {
    view.show(call);
    talk.clear();
    showFigures({}, phone.delay.figures);
    showState("Calling…", "live");
  },
  entry: (entry) => view.tell(entry),
  event: (event) => REACTIONS[event.event]?.(event),
  said: (loudness) => showLevel("said-level", loudness),
  heard: (loudness) => showLevel("heard-level", loudness),
  lost() {
    reachable = false;
    showState("The simulator is gone. Start it again: make phone", "trouble");
    showEnd();
  },
});

const REACTIONS = {
  hello(event) {
    hello = event;
    reachable = true;
    const { answer_url: answerUrl, answer_method: method } = event.application;
    setText(byId("target"), `${event.from} calls ${event.to}, answered by ${method} ${answerUrl}`);
    byId("call").disabled = phone.inCall;
    showState("Ready");
  },
  error: ({ sentence }) => handset.complain(sentence),
  busy({ sentence }) {
    showState(sentence, "trouble");
    showEnd();
  },
  call_answered: () => showState("In call", "live"),
  action_began({ action }) {
    if (action.action === "talk") {
      talk.say(action, settings.volume);
    }
  },
  action_ended: (event) => event.broken_off && talk.stop(),
  figures: (event) => showFigures(event, phone.delay.figures),
  call_ended(event) {
    talk.stop();
    const judged = phone.call.story.judged.errors.length ? ", and something was wrong" : "";
    showState(`Ended after ${clock(phone.call.endedAt)}: ${ENDS[event.why]}${judged}`, judged && "trouble");
    keepCall(phone.call, hello.application.answer_url);
    showPastCalls();
    showEnd();
  },
};

function showEnd() {
  // The phone ends its call behind this event.
  queueMicrotask(() => {
    byId("call").disabled = !reachable;
    clearLevels();
    setText(byId("clock"), "");
    handset.show();
    enableKeepButtons(phone.call);
    view.draw();
  });
}

function showState(words, kind = "") {
  byId("state").className = kind;
  setText(byId("state"), words);
}

const handset = new Handset(phone, settings);
makeFigures();
view.show(phone.call);
makeKeepButtons(() => ({ call: phone.call, browser: phone.delay.figures, hello }));
showPastCalls();
byId("call").onclick = async () => {
  byId("call").disabled = true;
  try {
    await handset.withVoice(() => phone.place());
  } finally {
    byId("call").disabled = phone.inCall;
  }
};
byId("hang-up").onclick = () => phone.hangUp();
byId("forget").onclick = () => {
  forgetCalls();
  showPastCalls();
};
byId("whole").checked = settings.whole;
byId("whole").onchange = ({ target }) => {
  handset.change({ whole: target.checked });
  view.setWhole(target.checked);
};
view.setWhole(settings.whole);
setInterval(() => {
  // Apart from the state: a screen reader would read every second.
  if (phone.inCall && phone.call.answeredAt !== null) {
    setText(byId("clock"), clock(Math.floor(phone.call.now - phone.call.answeredAt)));
  }
}, 1000);

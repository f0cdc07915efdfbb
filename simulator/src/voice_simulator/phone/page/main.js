/** The page: one phone, its controls, and what happened in its call. */

import { WavError, readStereoWav } from "./audio/wav.js";
import { ENDS } from "./call/entry_text.js";
import { Phone } from "./call/phone.js";
import { TraceError, readTrace } from "./call/trace.js";
import { CourseView } from "./controls/course_view.js";
import { byId, setText } from "./controls/element.js";
import { makeFigures, showFigures } from "./controls/figures.js";
import { Handset, clearLevels, showLevel } from "./controls/handset.js";
import { enableKeepButtons, makeKeepButtons } from "./controls/keep.js";
import { forgetCalls, keepCall, showPastCalls } from "./controls/past_calls.js";
import { makeOpenButton } from "./controls/open.js";
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
  judged({ errors }) {
    talk.stop();
    showEnding("Ended", errors);
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

function showEnding(word, errors) {
  const judged = errors.length ? ", and something was wrong" : "";
  const { endedAt, ended } = phone.call;
  showState(`${word} after ${clock(endedAt)}: ${ENDS[ended.why]}${judged}`, judged && "trouble");
}

/** Open the traces and recordings that somebody gives: the last trace, and the recording that belongs to it. */
async function open({ traces, recordings }) {
  handset.complain("");
  if (phone.inCall) {
    handset.complain("Hang up first: the page shows one call.");
    return;
  }
  try {
    for (const file of traces) {
      phone.open(readTrace(await file.text(), hello.trace));
    }
    for (const file of recordings) {
      if (!phone.call.frames) {
        throw new TraceError("Open the trace of the call first: a recording alone doesn't say when what was said.");
      }
      phone.call.addSound(readStereoWav(await file.arrayBuffer()));
    }
  } catch (error) {
    if (!(error instanceof TraceError || error instanceof WavError)) {
      throw error;
    }
    handset.complain(error.message);
    return;
  }
  if (phone.call.ended) {
    showFigures(phone.call.figures, phone.delay.figures);
    showEnding("Opened: a call that ended", phone.call.trace.findLast(({ event }) => event === "judged")?.errors ?? []);
    showEnd();
  }
}

function showState(words, kind = "") {
  byId("state").className = kind;
  setText(byId("state"), words);
}

const handset = new Handset(phone, settings);
makeFigures();
view.show(phone.call);
makeKeepButtons(() => ({ call: phone.call, browser: phone.delay.figures, hello }));
makeOpenButton(open);
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

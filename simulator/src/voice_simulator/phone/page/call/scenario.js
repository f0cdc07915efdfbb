/** A call that was made by hand, as a scenario (docs/scenarios.md): the bridge from the phone to `call --scenario`. */

const SLACK_SECONDS = 2; // that something may come later than it came
const SHORTEST_SECONDS = 1;
const DETAILS = { talk: "text", conversation: "name" }; // what tells an action from others of its kind

const round = (seconds) => Number(Math.max(0, seconds).toFixed(2));

/**
 * Return a scenario's file.
 * @param {Call} call one that is over
 * @param {string} speech the name of the WAV file with what was said
 */
export function scenarioOf(call, speech) {
  const { trace } = call;
  const begin = beginOf(call);
  const seconds = Math.max(SHORTEST_SECONDS, round(call.endedAt - begin));
  const caller = [`  - {at: 0, say: ${speech}}`, ...keys(trace, begin)];
  const lines = [
    `# Made from the call to ${call.answerUrl} at ${call.begun.time}.`,
    ...(isEcho(call) ? ["expect: echo"] : []),
    `seconds: ${seconds}`,
    "caller:",
    ...caller,
    ...section("network", stalls(trace, begin)),
    ...section("must", isEcho(call) ? [] : expectations(trace, begin, seconds)),
  ];
  return `${lines.join("\n")}\n`;
}

/** Return when the scenario's time begins, in seconds of the call: with an echo's socket, else with the answer. */
export function beginOf(call) {
  const opened = call.trace.find(({ event }) => event === "socket_opened");
  return isEcho(call) ? opened.at : (call.answeredAt ?? 0);
}

const isEcho = ({ frames }) => Boolean(frames?.returned_at.length);

const section = (name, lines) => (lines.length ? [`${name}:`, ...lines] : []);

function keys(trace, begin) {
  const pressed = trace.filter(({ event, at }) => event === "key_pressed" && at >= begin);
  return pressed.map(({ at, digit }) => `  - {at: ${round(at - begin)}, press: "${digit}"}`);
}

function stalls(trace, begin) {
  const of = (name) => trace.filter(({ event, fault }) => event === name && fault === "stall");
  const ended = of("fault_ended");
  return of("fault_began").flatMap(({ at }) => {
    const end = ended.find((each) => each.at > at);
    return end ? [`  - {at: ${round(at - begin)}, stall: ${round(end.at - at)}}`] : [];
  });
}

function expectations(trace, begin, seconds) {
  return trace.flatMap((event) => {
    const [kind, text] = expected(event);
    const within = Math.min(seconds, round(event.at - begin + SLACK_SECONDS));
    return kind ? [`  - {${kind}: ${text ? JSON.stringify(text) : "true"}, within: ${within}}`] : [];
  });
}

/** Return what a step of the call is called in a scenario, and its text; nothing for what is no step. */
function expected({ event, action, words, digits }) {
  switch (event) {
    case "action_began":
      return [action.action, action[DETAILS[action.action]]];
    case "input_collected":
      return words || digits ? ["collected", words || `keys ${digits}`] : [];
  }
  return [];
}

/** The words and numbers of entries. */

/** Why a call ended, in words. */
export const ENDS = {
  hung_up: "you hung up",
  application: "the application has no action left",
  unanswered: "no webhook answered",
  failed: "the simulator failed",
  lost: "the simulator is gone",
  recording: "a recording without a trace",
};

/** Return a length as people write it: `3 s`, `0.41 s`. */
export const seconds = (value) => `${Number(value.toPrecision(value < 1 ? 2 : 3))} s`;

/** Return a length of seconds in ms: `4.1 ms`, `26 ms`. */
export const milliseconds = (value) => `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms`;

/** Return the path of a URL, without its query; a text that is no URL as it is. */
export function path(url) {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

export const capitalized = (words) => words[0].toUpperCase() + words.slice(1);

/** The last calls, kept in this browser alone (IndexedDB): their traces and recordings, the newest ones. */

const NAME = "phone";
const MOST_CALLS = 20;
const MOST_BYTES = 400e6; // of recordings
const SUMMARIES = "summaries"; // {id, time, application, seconds, why, cause, bytes}
const CONTENTS = "contents"; // {id, trace, recording}

/** Keep a call; the oldest ones go where there are too many or too large ones. */
export async function keepCall(summary, trace, recording) {
  const calls = await keptCalls();
  const bytes = recording?.size ?? 0;
  let room = MOST_BYTES - bytes;
  const stay = calls.slice(0, MOST_CALLS - 1).filter((call) => (room -= call.bytes) >= 0);
  const database = await opened();
  const change = database.transaction([SUMMARIES, CONTENTS], "readwrite");
  for (const { id } of calls.filter((call) => !stay.includes(call))) {
    change.objectStore(SUMMARIES).delete(id);
    change.objectStore(CONTENTS).delete(id);
  }
  const id = summary.time; // no two begin in the same millisecond
  change.objectStore(SUMMARIES).put({ ...summary, id, bytes });
  change.objectStore(CONTENTS).put({ id, trace, recording });
  await ended(change);
}

/** Return the summaries of the calls that are kept, the newest first. */
export async function keptCalls() {
  const database = await opened();
  const all = await result(database.transaction(SUMMARIES).objectStore(SUMMARIES).getAll());
  return all.reverse(); // by their ids, which are times
}

/** Return a call that is kept: `{trace, recording}`, the recording a Blob or null. */
export async function keptCall(id) {
  const database = await opened();
  return result(database.transaction(CONTENTS).objectStore(CONTENTS).get(id));
}

/** Forget all calls. */
export async function forgetCalls() {
  const database = await opened();
  const change = database.transaction([SUMMARIES, CONTENTS], "readwrite");
  change.objectStore(SUMMARIES).clear();
  change.objectStore(CONTENTS).clear();
  await ended(change);
}

let opening = null;

function opened() {
  opening ??= open();
  return opening;
}

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const store of [SUMMARIES, CONTENTS]) {
      request.result.createObjectStore(store, { keyPath: "id" });
    }
  };
  return result(request);
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function ended(change) {
  return new Promise((resolve, reject) => {
    change.oncomplete = resolve;
    change.onabort = () => reject(change.error);
  });
}

/** The choice of microphone and loudspeaker. */

import { byId, element } from "./element.js";

const NAMES = { audioinput: "The browser's microphone", audiooutput: "The browser's loudspeaker" };

/** Fill both lists, now and whenever a device comes or goes. */
export function listDevices() {
  const refresh = () => fill(byId("microphone"), "audioinput").then(() => fill(byId("loudspeaker"), "audiooutput"));
  navigator.mediaDevices?.addEventListener("devicechange", refresh);
  byId("loudspeaker").disabled = !("setSinkId" in AudioContext.prototype);
  refresh();
  return refresh; // for when a permission has come: the names are known only then
}

async function fill(list, kind) {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const chosen = list.value;
  const named = devices.filter((device) => device.kind === kind && device.label && device.deviceId !== "default");
  list.replaceChildren(
    element("option", { value: "", textContent: NAMES[kind] }),
    ...named.map(({ deviceId, label }) => element("option", { value: deviceId, textContent: label })),
  );
  list.value = named.some(({ deviceId }) => deviceId === chosen) ? chosen : "";
}

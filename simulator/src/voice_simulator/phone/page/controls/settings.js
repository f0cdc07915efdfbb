/** The page's settings, kept in the hash of its address: the link is the settings. */

const DEFAULTS = { voice: "microphone", volume: 0.2 };

/** Return the settings of the address; what is missing or odd there is as by default. */
export function readSettings() {
  const told = new URLSearchParams(location.hash.slice(1));
  const volume = Number(told.get("volume") ?? NaN);
  return {
    voice: ["microphone", "speech"].includes(told.get("voice")) ? told.get("voice") : DEFAULTS.voice,
    volume: volume >= 0 && volume <= 1 ? volume : DEFAULTS.volume,
    echoCancelled: told.get("echoCancelled") === "1",
  };
}

/** Put settings into the address, without a step in the browser's history. */
export function keepSettings(settings) {
  const shown = (value) => (typeof value === "boolean" ? Number(value) : value);
  const told = Object.entries(settings).map(([name, value]) => [name, shown(value)]);
  history.replaceState(null, "", `#${new URLSearchParams(told)}`);
}

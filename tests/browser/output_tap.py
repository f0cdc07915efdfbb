"""A tap at the end of the page's audio: what would sound from the loudspeaker, sample for sample."""

from __future__ import annotations

import base64

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]
from playwright.sync_api import Page

Samples = npt.NDArray[np.float32]
WORKLET_PATH = "/output_tap.js"  # of the phone's own address, as its policy asks
WORKLET = """
registerProcessor("output-tap", class extends AudioWorkletProcessor {
  process([[samples]]) {
    if (samples) this.port.postMessage(samples);
    return true;
  }
});
"""
# Whatever is connected to the destination is connected to the tap too.
INSTALL = """
(() => {
  const { addModule } = AudioWorklet.prototype;
  const { connect } = AudioNode.prototype;
  const taps = new WeakMap();
  window.outputTap = { rate: 0, blocks: [] };
  AudioWorklet.prototype.addModule = function (url) {
    return Promise.all([addModule.call(this, url), addModule.call(this, "/output_tap.js")]);
  };
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const { context } = this;
      if (!taps.has(context)) {
        const tap = new AudioWorkletNode(context, "output-tap", { channelCount: 1, channelCountMode: "explicit" });
        taps.set(context, tap);
        window.outputTap = { rate: context.sampleRate, blocks: [] };
        const { blocks } = window.outputTap;
        tap.port.onmessage = ({ data }) => blocks.push(data);
        connect.call(tap, target);
      }
      connect.call(this, taps.get(context));
    }
    return connect.call(this, target, ...rest);
  };
})();
"""
READ = """() => {
  const { rate, blocks } = window.outputTap;
  const bytes = new Uint8Array(new Float32Array(blocks.flatMap((block) => [...block])).buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return [rate, btoa(text)];
}"""


def install_output_tap(page: Page) -> None:
    """Tap the audio contexts that a page will make."""
    page.route(f"**{WORKLET_PATH}", lambda route: route.fulfill(content_type="text/javascript", body=WORKLET))
    page.add_init_script(INSTALL)


def read_output(page: Page, rate: int) -> Samples:
    """Return what has come out of the page's newest audio context, at a rate in Hz."""
    own_rate, encoded = page.evaluate(READ)
    samples: Samples = np.frombuffer(base64.b64decode(encoded), dtype="<f4")
    resampled: Samples = soxr.resample(samples, own_rate, rate)
    return resampled

"""A tap at the end of the page's audio: what would sound from the loudspeaker, sample for sample."""

from __future__ import annotations

import base64

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]
from playwright.sync_api import Page

Samples = npt.NDArray[np.float32]
# Whatever is connected to the loudspeaker is connected to the tap too; a track's processor reads it.
INSTALL = """
(() => {
  const { connect } = AudioNode.prototype;
  const taps = new WeakMap();
  window.outputTap = { rate: 0, blocks: [] };
  async function read(track, blocks) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 3000 }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const samples = new Float32Array(value.numberOfFrames);
      value.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      value.close();
      blocks.push(samples);
    }
  }
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const { context } = this;
      if (!taps.has(context)) {
        const tap = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
        taps.set(context, tap);
        window.outputTap = { rate: context.sampleRate, blocks: [] };
        read(tap.stream.getAudioTracks()[0], window.outputTap.blocks);
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
    page.add_init_script(INSTALL)


def read_output(page: Page, rate: int) -> Samples:
    """Return what has come out of the page's newest audio context, at a rate in Hz."""
    own_rate, encoded = page.evaluate(READ)
    samples: Samples = np.frombuffer(base64.b64decode(encoded), dtype="<f4")
    resampled: Samples = soxr.resample(samples, own_rate, rate)
    return resampled

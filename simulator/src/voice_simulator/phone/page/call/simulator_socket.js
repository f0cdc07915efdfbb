/** The page's WebSocket to the simulator: commands and the microphone's frames up, events and frames down. */

import { packFrame, unpackFrame } from "../audio/frame.js";

const AGAIN_MS = 1000; // until the next try, once the simulator is gone

/** Opens itself again when it has been lost. */
export class SimulatorSocket {
  /** @param {object} take what is called with each `event(object)` and `frame(object)`, and when it is `lost()` */
  constructor(take) {
    this.take = take;
    this.open();
  }

  open() {
    const socket = (this.socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/call`));
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) =>
      typeof data === "string" ? this.take.event(JSON.parse(data)) : this.take.frame(unpackFrame(data));
    socket.onclose = () => {
      this.take.lost();
      setTimeout(() => this.open(), AGAIN_MS);
    };
  }

  /** Send a command: see the protocol for `what` is to be done and with which fields. */
  send(what, fields = {}) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ do: what, ...fields }));
    }
  }

  sendFrame({ time, samples }) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(packFrame(time, samples));
    }
  }
}

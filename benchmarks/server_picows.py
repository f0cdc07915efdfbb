"""The peer `picows`: the echo server of its documentation, on uvloop."""

from __future__ import annotations

import logging
import sys

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server


class Echo(WSListener):
    """One connection."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Send a message back, answer a close frame; pings are not sent here."""
        if frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        else:
            transport.send(frame.msg_type, frame.get_payload_as_memoryview())


def listen(request: WSUpgradeRequest) -> Echo:
    """Return the listener of a new connection."""
    return Echo()


async def main() -> None:
    """Serve for ever."""
    server = await ws_create_server(listen, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    logging.getLogger("aiofastnet").setLevel(logging.ERROR)  # its transport warns of every client that goes
    uvloop.run(main())

"""The server from which an application fetches its recordings, on 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib

READ_SECONDS = 5.0
PIECE_BYTES = 1 << 16
MOST_BYTES = 1 << 26  # of all recordings that are kept
FETCH_SECONDS = 2.0  # that an application has to fetch a recording after the run's last call


class RecordingServer:
    """Serves the recordings of a run's calls over HTTP, to anybody: the platform would want a JWT."""

    def __init__(self) -> None:
        self.fetched: set[str] = set()  # uuids
        self._files: dict[str, bytes] = {}
        self._server: asyncio.Server | None = None  # from the first recording on
        self._all_fetched = asyncio.Event()

    async def keep(self, uuid: str, file: bytes) -> str:
        """Keep a WAV file, and return the URL that it can be fetched from."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._files[uuid] = file
        while len(self._files) > 1 and sum(map(len, self._files.values())) > MOST_BYTES:
            del self._files[next(iter(self._files))]  # the oldest: a phone makes more and more
        self._all_fetched.clear()
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/recordings/{uuid}"

    async def close(self, *, at_once: bool = False) -> None:
        """Stop, but first wait a moment for those who know of a recording and haven't fetched it, if there is time."""
        if self._server is None:
            return
        if self._files.keys() - self.fetched and not at_once:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_fetched.wait(), FETCH_SECONDS)
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), READ_SECONDS)
            method, _, path = head.partition(b"\r\n")[0].decode("latin-1").rpartition(" ")[0].partition(" ")
            uuid = path.rpartition("/")[2]
            status, body = ("200 OK", self._files[uuid]) if uuid in self._files else ("404 Not Found", b"")
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: audio/wav\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            for start in range(0, 0 if method == "HEAD" else len(body), PIECE_BYTES):
                writer.write(body[start : start + PIECE_BYTES])
                await asyncio.wait_for(writer.drain(), READ_SECONDS)
            if body and method == "GET":
                self.fetched.add(uuid)
        writer.close()
        if not self._files.keys() - self.fetched:
            self._all_fetched.set()

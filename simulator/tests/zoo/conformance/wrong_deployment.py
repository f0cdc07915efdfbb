"""Members whose name, certificate, clock or proxy is wrong."""

from __future__ import annotations

import asyncio
import email.utils
import sys
import time
from typing import Any

from simulator.tests.harness.exchange import Request, Response
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.named import Named
from simulator.tests.zoo.conformance.session import Session

HANDSHAKES, WINDOW_SECONDS = 30, 0.5
IDLE_SECONDS = 45.0
BUNCH = 10  # frames
RELOAD = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])"


class Nameless(Application):
    @property
    def host(self) -> str:
        return f"nobody.invalid:{self.port}"


class OtherName(Application):
    """It has a certificate for an address."""

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"


class Redirecting(Application):
    async def answer(self, request: Request) -> Response:
        return Response(301, headers=(("Location", f"{self.answer_url}/"),))


class HourAhead(Application):
    async def answer(self, request: Request) -> Response:
        response = await super().answer(request)
        return response._replace(headers=(*response.headers, ("Date", email.utils.formatdate(time.time() + 3600))))


class SocketAtHome(Named):
    def socket_uri(self, request: Request) -> str:
        return f"ws://127.0.0.1:{self.port}/socket"


class FewHandshakes(Application):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._times: list[float] = []

    def admit(self, request: Request) -> int | None:
        now = asyncio.get_running_loop().time()
        self._times = [each for each in self._times if now - each < WINDOW_SECONDS]
        if len(self._times) >= HANDSHAKES:
            return 503
        self._times.append(now)
        return super().admit(request)


class HangsUpWhenIdle(Session):
    async def read(self) -> bytes:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                return await self.reader.read(65536)
        except (TimeoutError, ConnectionError):
            self.writer.transport.abort()
            return b""

    async def watch(self) -> None:
        """Don't ping."""


class InBunches(Session):
    """It writes nothing of the echo until there is more of it, as a proxy that buffers."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._held: list[bytes] = []

    def send(self, frame: bytes) -> None:
        self._held.append(frame)
        if len(self._held) >= BUNCH:
            for held in self._held:
                super().send(held)
            self._held = []


class Reloaded(Application):
    """At /reload it cuts its sockets, as a proxy does."""

    cuts = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._writers: list[asyncio.StreamWriter] = []

    @property
    def reload_command(self) -> str:
        return f"{sys.executable} -c '{RELOAD}' {self.address}/reload"

    async def serve(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if request.path == "/reload":
            for each in self._writers if self.cuts else ():
                each.transport.abort()
            writer.write(Response(204).whole)
            return
        if request.wants_socket:
            self._writers.append(writer)
        await super().serve(request, reader, writer)


class ReloadedGently(Reloaded):
    cuts = False


WRONG_DEPLOYMENT = [
    Member("the name does not resolve", ("deployment.name",), application=Nameless),
    Member("good, with a name", (), ("deployment.name",), application=Named),
    Member("good, with a certificate", days=(-50, 50)),
    Member("the certificate has expired", ("deployment.certificate",), days=(-50, -1)),
    Member("the certificate is for another name", ("deployment.certificate",), application=OtherName, days=(-50, 50)),
    Member("the certificate ends soon", ("deployment.certificate-days",), days=(-95, 5)),
    Member("the certificate ends before long", (), ("deployment.certificate-days",), days=(-80, 20)),
    Member("the answer is a redirect", ("deployment.redirect",), application=Redirecting),
    Member("the clock is an hour ahead", ("deployment.clock",), application=HourAhead),
    Member("the socket is at home", ("deployment.socket-address",), ("deployment.name",), application=SocketAtHome),
    Member("few handshakes at once", ("deployment.handshakes-at-once",), application=FewHandshakes),
    Member("hangs up when idle", ("deployment.idle-minute", "audio.silence"), session=HangsUpWhenIdle),
    Member("echo in bunches", ("deployment.cadence",), session=InBunches),
    Member("a reload cuts", ("deployment.reload",), application=Reloaded, only=("deployment.reload",)),
    Member("a reload cuts nothing", application=ReloadedGently, only=("deployment.reload",)),
]

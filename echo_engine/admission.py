"""Who gets in: a call whose token the answer webhook minted, while the engine has room."""

from __future__ import annotations

import time
from collections.abc import Callable

from websockets.http11 import Request

from echo_engine.calls import Calls
from shared.signed_token import bearer_token
from shared.socket_token import CallIdentity, verify_token


class NoRoomError(Exception):
    """The engine takes no call now; the message says why."""


class TooManySocketsError(Exception):
    """The call of a token has as many sockets as one call may have."""


class Admission:
    """Decides about the request for a socket; the token comes before the room, so that strangers learn nothing."""

    def __init__(self, calls: Calls, secrets: tuple[str, ...], wall_clock: Callable[[], float] = time.time) -> None:
        """Take the secrets of the tokens, none to let everyone in, and a clock of seconds since 1970."""
        self._calls = calls
        self._secrets = secrets
        self._wall_clock = wall_clock

    def admit(self, request: Request) -> CallIdentity | None:
        """Return the call that a request's token is for, None where SOCKET_AUTH is off.

        Raises TokenError, TooManySocketsError or NoRoomError.
        """
        identity = self._identify(request)
        if identity is not None and self._calls.has_all_sockets(identity):
            raise TooManySocketsError
        if (refusal := self._calls.refusal) is not None:
            raise NoRoomError(refusal)
        return identity

    def _identify(self, request: Request) -> CallIdentity | None:
        if not self._secrets:
            return None
        token = bearer_token(request.headers.get_all("Authorization"))
        return verify_token(token, self._secrets, self._wall_clock())

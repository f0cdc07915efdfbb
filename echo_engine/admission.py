"""Who gets in, while there is room: a call whose token the answer webhook minted, or one that the platform signed."""

from __future__ import annotations

import time
from collections.abc import Callable

from websockets.http11 import Request

from echo_engine.calls import Calls, Refusal
from shared.signed_token import bearer_token
from shared.socket_token import CallIdentity, verify_token
from shared.vonage_signature import SignaturePolicy, check_claims


class NoRoomError(Exception):
    """The engine takes no call now; carries the reason."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class TooManySocketsError(Exception):
    """The call of a token has as many sockets as one call may have."""


class Admission:
    """Decides about the request for a socket; the token comes before the room, so that strangers learn nothing."""

    def __init__(
        self,
        calls: Calls,
        secrets: tuple[str, ...],
        signatures: SignaturePolicy | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the secrets of the tokens, or the policy for the platform's signatures; with neither, all get in.

        The clock returns seconds since 1970.
        """
        self._calls = calls
        self._secrets = secrets
        self._signatures = signatures
        self._wall_clock = wall_clock

    def admit(self, request: Request) -> CallIdentity | None:
        """Return the call that a request's token is for, None unless SOCKET_AUTH is on: a signature names no call.

        Raises TokenError, TooManySocketsError or NoRoomError.
        """
        identity = self._identify(request)
        if identity is not None and self._calls.has_all_sockets(identity):
            raise TooManySocketsError
        if (refusal := self._calls.refusal) is not None:
            raise NoRoomError(refusal)
        return identity

    def _identify(self, request: Request) -> CallIdentity | None:
        authorization = request.headers.get_all("Authorization")
        if self._signatures is not None:
            # The claims of a handshake are undocumented; only the time is required.
            check_claims(self._signatures, authorization, self._wall_clock())
        if not self._secrets:
            return None
        return verify_token(bearer_token(authorization), self._secrets, self._wall_clock())

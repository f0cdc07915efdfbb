"""Plays the NCCOs of one call, one action after the other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from ..record.events import ActionBegan, ActionEnded
from ..vonage.ncco.actions import Action, Connect, Stream, Talk, Wait
from ..vonage.ncco.endpoints import WebSocket
from ..vonage.ncco.ncco import Ncco
from .actions.context import ActionContext
from .actions.play import play_action
from .joint_start import JointStart

ECHO_PATIENCE_SECONDS = 60.0  # with an action that has no end of its own

MOST_ACTIONS = 10_000  # in a call
MOST_NCCOS, LOOP_SECONDS = 100, 10.0  # a loop sends that many in that time

StayConnected = Callable[[Connect, WebSocket], Awaitable[Ncco | None]]


class NccoPlayer:
    """Plays actions; `stay_connected` is the one that connects to a WebSocket."""

    def __init__(
        self,
        context: ActionContext,
        joint_start: JointStart,
        stay_connected: StayConnected,
        *,
        echo_expected: bool,
    ) -> None:
        self._context = context
        self._joint_start = joint_start
        self._stay_connected = stay_connected
        self._echo_expected = echo_expected
        self._actions_played = 0
        self._nccos_at: deque[float] = deque(maxlen=MOST_NCCOS)
        self._stuck = False  # from an action on that has no end, in a call for the echo

    async def play(self, actions: list[Action]) -> None:
        """Play the actions, and those of each new NCCO, until none is left.

        Where an echo is expected, an NCCO without a socket is the last: an application that then asks and asks again
        would have no end. For the same reason no action may hold such a call up for long, before the caller speaks.
        """
        may_go_on = not self._echo_expected or has_socket(actions)
        while actions and not self._stuck:
            action, *actions = actions
            new_ncco = await self._play_and_record(action)
            if new_ncco is not None:
                if not may_go_on or self._is_loop():
                    return
                actions = new_ncco.actions
                may_go_on = not self._echo_expected or has_socket(actions)

    def _is_loop(self) -> bool:
        """Note a new NCCO; return whether there are so many that the call ends."""
        record = self._context.record
        self._nccos_at.append(record.now)
        since = record.now - self._nccos_at[0]
        if self._actions_played > MOST_ACTIONS:
            loop = f"had {MOST_ACTIONS} actions played in this call"
        elif len(self._nccos_at) == MOST_NCCOS and since < LOOP_SECONDS:
            loop = f"sent {MOST_NCCOS} new NCCOs within {since:.1f} s"
        else:
            return False
        sentence = f"the application {loop}, which looks like a loop; this simulator ends the call"
        self._context.fail(sentence)
        return True

    async def _play_and_record(self, action: Action) -> Ncco | None:
        record = self._context.record
        begun_at = record.now
        number, self._actions_played = self._actions_played, self._actions_played + 1
        seconds = action.seconds if isinstance(action, Talk | Wait) else None
        record.add(ActionBegan(begun_at, number, action.as_written, seconds))
        new_ncco = await self._play_action(action)
        broken_off = isinstance(action, Talk | Stream) and self._context.line.sign_came.is_set()
        record.add(ActionEnded(record.now, number, round(record.now - begun_at, 6), broken_off))
        return new_ncco

    async def _play_action(self, action: Action) -> Ncco | None:
        if isinstance(action, Connect) and isinstance(action.endpoint, WebSocket):
            new_ncco = await self._stay_connected(action, action.endpoint)
            self._context.pace.begin()
            return new_ncco
        if isinstance(action, Wait):
            self._joint_start.call_off()
        limit = asyncio.timeout(ECHO_PATIENCE_SECONDS if self._echo_expected and _may_be_endless(action) else None)
        try:
            async with limit:
                return await play_action(self._context, action)
        except TimeoutError:
            if not limit.expired():
                raise
            self._stuck = True
            return None


def _may_be_endless(action: Action) -> bool:
    return not isinstance(action, Talk | Wait) or action.seconds is None


def has_socket(actions: list[Action]) -> bool:
    """Return whether one of some actions is a connect to a WebSocket."""
    return any(isinstance(action, Connect) and isinstance(action.endpoint, WebSocket) for action in actions)

from array import array

from echo_engine.application import Command
from echo_engine.parrot import MAX_FRAMES, PAUSE_FRAMES, Parrot

QUIET = bytes(640)
LOUD = array("h", [1000, -1000] * 160).tobytes()
FALLING = array("h", [-32768] * 320).tobytes()


def test_when_the_caller_pauses_the_parrot_says_what_was_said() -> None:
    parrot = Parrot()
    assert parrot.hear([QUIET] * 100 + [LOUD] * 10 + [QUIET] * (PAUSE_FRAMES - 1)) == []
    assert parrot.hear([QUIET]) == [LOUD] * 10 + [QUIET] * PAUSE_FRAMES
    assert parrot.hear([QUIET] * 500) == []


def test_a_short_pause_belongs_to_what_is_said() -> None:
    parrot = Parrot()
    said = [LOUD] * 10 + [QUIET] * 10 + [FALLING] * 10
    assert parrot.hear(said) == []
    assert parrot.hear([QUIET] * PAUSE_FRAMES) == said + [QUIET] * PAUSE_FRAMES


def test_a_caller_who_interrupts_silences_it_and_is_listened_to() -> None:
    parrot = Parrot()
    parrot.hear([LOUD] * 100 + [QUIET] * PAUSE_FRAMES)
    assert parrot.hear([LOUD]) == [Command.CLEAR]
    assert parrot.hear([LOUD] * 4 + [QUIET] * PAUSE_FRAMES) == [LOUD] * 5 + [QUIET] * PAUSE_FRAMES


def test_the_star_silences_it() -> None:
    parrot = Parrot()
    parrot.hear([LOUD] * 10)
    assert parrot.press("5") == []
    assert parrot.press("*") == [Command.CLEAR]
    assert parrot.hear([QUIET] * 100) == []


def test_it_does_not_remember_without_end() -> None:
    assert Parrot().hear([LOUD] * MAX_FRAMES) == [LOUD] * MAX_FRAMES

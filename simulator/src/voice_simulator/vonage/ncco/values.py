"""The kinds of values in an NCCO, how each is read and the words for it, and the objects that hold them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, dataclass_transform
from urllib.parse import urlsplit

from ...audio.format import CONTENT_TYPES, AudioFormat
from .rules import SHAPE

Read = Callable[[Any], Any]
REFUSALS = (ValueError, TypeError, LookupError, AttributeError, OverflowError)  # which one, is the matter of nobody


def _nothing(value: Any) -> Any:
    raise ValueError(value)


@dataclass(frozen=True)
class Kind:
    """A kind of value: `words` follow "must be"; `read` takes what the platform is known to take.

    `meant` returns what a value in another form means, which the platform takes or may take.
    """

    words: str
    read: Read
    meant: Read = _nothing
    rule: str = SHAPE  # that a wrong value breaks
    secret: bool = False  # not shown in messages


def _that(holds: Callable[[Any], bool]) -> Read:
    def read(value: Any) -> Any:
        if not holds(value):
            raise ValueError(value)
        return value

    return read


def text(pattern: str, words: str, rule: str = SHAPE) -> Kind:
    """Return the kind of strings that match a pattern as a whole."""
    whole = re.compile(pattern, re.DOTALL)
    read = _that(lambda value: whole.fullmatch(value) is not None)
    return Kind(words, read, lambda value: str(_that(_is_whole)(value)), rule)


def one_of(*choices: str, meant: Read = _nothing) -> Kind:
    return Kind(" or ".join(choices), _that(choices.__contains__), meant)


def number(low: float, high: float, unit: str = "") -> Kind:
    read = _that(lambda value: _is_number(value) and low <= value <= high)
    return Kind(f"a number{unit} from {low:g} to {high:g}", read, _number_in_text)


def whole(low: int, high: float = math.inf, unit: str = "", rule: str = SHAPE) -> Kind:
    """Return the kind of whole numbers between bounds; 3.0 is one."""
    read = _that(lambda value: _is_whole(value) and low <= value <= high)
    most = "" if math.isinf(high) else f" to {high:g}"
    return Kind(f"a whole number{unit} from {low}{most}", lambda value: int(read(value)), _number_in_text, rule)


def array(
    words: str, is_item: Callable[[Any], bool], least: int = 1, meant: Read = _nothing, rule: str = SHAPE
) -> Kind:
    read = _that(lambda value: isinstance(value, list) and len(value) >= least and all(map(is_item, value)))
    return Kind(f"an array of {words}", lambda value: tuple(read(value)), meant, rule)


def url(words: str, *schemes: str) -> Kind:
    return Kind(f"an absolute {words}", _that(lambda value: _is_url(value, *schemes)), rule="ncco.absolute-urls")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and math.isfinite(value) and value == int(value)


def _is_url(value: Any, *schemes: str) -> bool:
    """Return whether a value is an absolute URL: a scheme, a host, a valid port, no fragment."""
    if not isinstance(value, str) or not re.fullmatch("[!-~]+", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        return False


def _number_in_text(value: Any) -> float:
    if not re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", value.strip()):
        raise ValueError(value)
    number = float(value)
    return int(number) if number == int(number) else number


def _boolean_in_text(value: Any) -> bool:
    return {"true": True, "false": False}[value.strip().lower()]


def _plain_content_type(value: Any) -> str:
    return re.sub(r"\s", "", value).lower()


_E164 = "7 to 15 digits without +"
_TAG = "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_NAME = text(r"(?=.*\S).+", "a string, not empty")
_URL = url("http(s) URL", "http", "https")
_URLS = array("absolute http(s) URLs", lambda value: _is_url(value, "http", "https"), rule=_URL.rule)
_AUTHORIZATION = text(r"[\x20-\x7e]{1,8191}", "1 to 8191 characters of printable ASCII")

# The annotations of fields that more than one object has, or that say more than a bound.
Anything = Annotated[Any, Kind("anything", lambda value: value)]
Boolean = Annotated[bool, Kind("true or false", _that(lambda value: isinstance(value, bool)), _boolean_in_text)]
Object = Annotated[dict[str, Any], Kind("an object", _that(lambda value: isinstance(value, dict)))]
String = Annotated[str, text(".*", "a string")]
Name = Annotated[str, _NAME]
Strings = Annotated[
    tuple[str, ...], array("strings", lambda value: isinstance(value, str), least=0, meant=lambda one: [one])
]
Url = Annotated[str, _URL]
Urls = Annotated[tuple[str, ...], _URLS]
UrlOrUrls = Annotated[
    str, Kind(_URL.words, lambda value: _URL.read(value[0] if isinstance(value, list) else value), rule=_URL.rule)
]
SocketUri = Annotated[str, url("wss:// (or ws://) URI without a fragment", "ws", "wss")]
Method = Annotated[str, one_of("GET", "POST", meant=str.upper)]
Language = Annotated[str, Kind("a BCP-47 tag like en-GB", text(_TAG, "").read, lambda tag: tag.replace("_", "-"))]
Loop = Annotated[int, whole(0)]  # 0 has no end
Level = Annotated[float, number(-1, 1)]
Number = Annotated[str, text("[0-9]{7,15}", f"a number in E.164: {_E164}")]
InputTypes = Annotated[tuple[str, ...], array('"dtmf", "speech" or both', ("dtmf", "speech").__contains__)]
AuthorizationType = Annotated[str, Kind("custom or vonage", one_of("custom", "vonage").read, rule="ncco.authorization")]
AuthorizationValue = Annotated[
    str, Kind(_AUTHORIZATION.words, _AUTHORIZATION.read, rule="ncco.authorization", secret=True)
]
ContentType = Annotated[
    AudioFormat,
    Kind(" or ".join(CONTENT_TYPES), CONTENT_TYPES.__getitem__, _plain_content_type, rule="ncco.audio-format"),
]
Seconds = Annotated[int, whole(1, 7200, " of seconds", rule="ncco.times")]
AnySeconds = Annotated[float, Kind("a number of seconds", _that(_is_number), _number_in_text, rule="ncco.times")]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
@dataclass(frozen=True, kw_only=True)
class NccoObject:
    """An object of an NCCO: each class of objects is a frozen dataclass."""

    named_by: ClassVar[str] = ""  # the JSON field that says which class an object is of
    required: ClassVar[frozenset[str]] = frozenset()  # in JSON, though a default stands for a wrong value
    rule: ClassVar[str] = "ncco.shape"  # of the object as a whole

    as_written: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # the application's JSON

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True)(cls)

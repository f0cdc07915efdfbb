"""The endpoints of a connect action with their fields and defaults (platform.md, 2.3 and 2.4)."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, ClassVar

from ...audio.format import AudioFormat
from . import values
from .values import NccoObject, text


class OnAnswer(NccoObject):
    """The NCCO that a callee hears before being connected."""

    url: values.Url
    ringback: values.Url = ""
    ringback_tone: values.Url = ""
    event_url: values.Anything = None
    event_method: values.Anything = None


class Endpoint(NccoObject):
    """Whom a connect action connects to the call."""

    named_by, rule = "type", "ncco.one-endpoint"
    type: ClassVar[str]


class Authorization(NccoObject):
    """The Authorization header of a socket's handshake."""

    required, rule = frozenset({"type"}), "ncco.authorization"

    type: values.AuthorizationType = "custom"
    value: values.AuthorizationValue | None = None


class WebSocket(Endpoint):
    """An application's WebSocket."""

    type = "websocket"

    uri: values.SocketUri
    content_type: values.ContentType = AudioFormat.L16_16000
    headers: values.Object = field(default_factory=dict)
    authorization: Authorization = field(default_factory=Authorization)

    @property
    def wants_signature(self) -> bool:
        return self.authorization.type == "vonage"


class CalledEndpoint(Endpoint):
    """Somebody who is called."""

    on_answer: OnAnswer | None = None


class Phone(CalledEndpoint):
    """A phone."""

    type = "phone"

    number: values.Number
    dtmf_answer: Annotated[str, text("[0-9*#pP]+", "keys: 0-9, *, #, and p for a pause")] = ""
    shaken: values.String = ""


class Sip(CalledEndpoint):
    """A SIP endpoint: a URI, or a user and the domain that the account has set up."""

    type = "sip"

    uri: Annotated[str, text("sips?:[!-~]+", "a SIP URI like sip:user@host")] | None = None
    user: values.Name | None = None
    domain: values.Name | None = None
    headers: values.Object = field(default_factory=dict)
    standard_headers: values.Object = field(default_factory=dict)


class App(CalledEndpoint):
    """A user of an app."""

    type = "app"

    user: values.Name


class Vbc(CalledEndpoint):
    """An extension of Vonage Business Communications."""

    type = "vbc"

    extension: Annotated[str, text("[0-9]+", "the digits of an extension, as a string")]


ENDPOINTS: dict[str, type[Endpoint]] = {kind.type: kind for kind in (WebSocket, Phone, Sip, App, Vbc)}

"""One request to a webhook and what became of it, for who watches the call."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

import httpx2

from .course import Course

TIME_LIMITS = "6"  # the section of the platform facts on time limits, retries and the fallback


class WebhookExchange:
    """Tells a course of a request as it leaves, and of its response or its failure."""

    def __init__(
        self, course: Course, id_: int, name: str, method: str, url: str, fields: Mapping[str, Any], attempt: int
    ) -> None:
        """Take the request's id within the call; it leaves now."""
        self._course = course
        self._id = id_
        self._begun_at = perf_counter()
        course.tell("request", id=id_, name=name, method=method, url=url, fields=dict(fields), attempt=attempt)

    def answered(self, response: httpx2.Response) -> None:
        """The whole response is there; it remembers which request it answers."""
        response.extensions["request_id"] = self._id
        self._course.tell(
            "response",
            id=self._id,
            status=response.status_code,
            reason=response.reason_phrase,
            content_type=response.headers.get("content-type"),
            body=response.text,
            body_bytes=len(response.content),
            seconds=perf_counter() - self._begun_at,
            authorization=response.request.headers.get("authorization"),
        )

    def refused(self, trouble: str) -> None:
        """The response can't be used."""
        sentence = f"the webhook {trouble}"
        self._course.tell("finding", id=self._id, sentence=sentence, section=TIME_LIMITS, breaks_rule=True)

    def failed(self, trouble: str) -> None:
        """No response has come, or none that could be read."""
        seconds = perf_counter() - self._begun_at
        self._course.tell("request_failed", id=self._id, sentence=trouble, seconds=seconds, section=TIME_LIMITS)


def request_id(response: httpx2.Response) -> int | None:
    """Return the id of the request that a response answers, as it was told to who watches."""
    id_: int | None = response.extensions.get("request_id")
    return id_

"""How gunicorn serves the webhooks: `gunicorn -c webhooks/gunicorn.conf.py 'webhooks:create_app()'`."""  # noqa: N999

from __future__ import annotations

import logging
import os

from shared.logs import configure_structlog, logging_config
from shared.settings import read_settings
from shared.socket_secret import load_secrets
from webhooks.redaction import redacted
from webhooks.settings import WebhooksSettings

_settings = read_settings(WebhooksSettings)
load_secrets(_settings)  # fails here if it must: a worker that can't start is started again for ever

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"

worker_class = "gthread"
workers = 1  # the metrics live in the process; more load means more replicas
threads = 8
keepalive = 75  # seconds; must outlive the front's idle connections, else a request meets a closing one (502)
graceful_timeout = 10  # the platform's own patience with an event
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  # a heartbeat must not wait for a disk
control_socket_disable = True

limit_request_line = 8190  # a GET carries its question in the query
limit_request_fields = 64

# Only X-Forwarded-Proto, and only from a trusted proxy, may change what the application sees.
forwarded_allow_ips = _settings.forwarded_allow_ips
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""


def _redact(record: logging.LogRecord) -> bool:
    # INFO is about gunicorn itself; on the other levels it quotes requests that it can't read, query and all.
    if record.levelno != logging.INFO:
        record.msg, record.args = redacted(record.getMessage()), ()
    return True


configure_structlog(_settings.log_level)
logconfig_dict = logging_config(_settings.log_level) | {
    "filters": {"redact": {"()": lambda: _redact}},
    # gunicorn.access is left without a handler: its lines hold phone numbers, and the front logs requests.
    "loggers": {"gunicorn.error": {"level": _settings.log_level, "propagate": True, "filters": ["redact"]}},
}

"""How gunicorn serves the webhooks: `gunicorn -c webhooks/gunicorn.conf.py 'webhooks:create_app()'`."""  # noqa: N999

from __future__ import annotations

import logging
import os

from shared.logs import STDOUT, configure_structlog, logging_config
from shared.settings import read_settings
from shared.socket_secret import read_secrets
from webhooks.redaction import redact_gunicorn
from webhooks.settings import WebhooksSettings

_settings = read_settings(WebhooksSettings)
if _settings.needs_secrets:
    read_secrets(_settings)  # a mistake must stop the start here: gunicorn would restart a failing worker forever

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"

worker_class = "webhooks.worker.Worker"  # gunicorn's own gives its threads to silent connections
workers = 1  # the metrics live in the process; more load means more replicas
threads = 8  # a request holds one from its first byte; Caddy sends whole requests, so none takes long
keepalive = 75  # seconds; longer than load balancers keep idle connections, so no request meets a closing one (502)
graceful_timeout = 10  # seconds; the platform waits this long for the response to an event (platform.md, 6)
# The worker's heartbeat must not wait for a disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True

limit_request_line = 8190  # bytes; a GET carries its fields in the query
limit_request_fields = 64

# Only a trusted proxy's X-Forwarded-Proto may change what the application sees (platform.md, 8).
forwarded_allow_ips = _settings.forwarded_allow_ips
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""


def _redact_record(record: logging.LogRecord) -> bool:
    # At INFO, gunicorn reports on itself; at other levels it quotes malformed requests, including their queries.
    if record.levelno != logging.INFO:
        record.msg, record.args = redact_gunicorn(record.getMessage()), ()
    return True


STDOUT.copy_to(_settings.log_folder, "webhooks")
configure_structlog(_settings.log_level)
logconfig_dict = logging_config(_settings.log_level) | {
    "filters": {"redact": {"()": lambda: _redact_record}},
    # gunicorn.access has no handler: its lines would contain phone numbers, and Caddy logs requests.
    "loggers": {"gunicorn.error": {"level": _settings.log_level, "propagate": True, "filters": ["redact"]}},
}

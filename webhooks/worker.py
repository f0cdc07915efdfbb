"""The gunicorn worker of the webhooks: a connection takes a thread once its request arrives, not before."""

from __future__ import annotations

import selectors
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads, where a connection that says nothing holds no thread.

    gunicorn 27 gives each new connection a thread at once and waits there for up to 5 s (its issue 3518). Caddy dials
    more connections than a burst of requests ends up using, so the spare ones took every thread, and the burst waited.
    The poller, which already waits for kept-alive connections, waits for new ones here.
    """

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection a thread if it has data to read; else let the poller wait for the data."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _cap_keepalive(self, deadline: float) -> None:
        # gunicorn shortens only the wait for kept-alive connections when it stops: silent ones would use up the grace.
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

"""The gunicorn worker of the webhooks: a connection gets a thread only when its request arrives."""

from __future__ import annotations

import selectors
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, without a thread for silent connections.

    gunicorn 27 gives each new connection a thread at once, which waits up to 5 s (its issue 3518). Caddy dials more
    connections than a burst of requests uses, so the spare ones took every thread and the burst waited. Here the
    poller, which already waits for kept-alive connections, also waits for new ones.
    """

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection a thread if it has data; otherwise let the poller wait for it."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _cap_keepalive(self, deadline: float) -> None:
        # When it stops, gunicorn shortens only the wait for kept-alive connections. Silent ones would use up the grace.
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

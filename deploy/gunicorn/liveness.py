"""gunicorn's threaded worker, in which a probe of liveness waits for no thread."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

PROBE = b"GET /healthz "


class Worker(ThreadWorker):  # type: ignore[misc]
    """While all threads work, connections wait until their request has come: a probe has a thread of its own.

    Built on what gunicorn's gthread.py has of version 27; tests/test_liveness.py sees that it still holds.
    """

    def init_process(self) -> None:
        """Makes the probes' thread; everything here but requests runs in the main one."""
        self._submitted = 0
        self._of_probes = ThreadPoolExecutor(1, "probe")
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Gives the connection to a thread, at once while one is free."""
        if self._submitted < self.cfg.threads:
            self._submit(self.tpool, conn)
        elif conn.initialized or conn.data_ready:
            self._submit(self._of_probes if _is_probe(conn.sock) else self.tpool, conn)
        else:
            self._wait_for_request(conn)

    def finish_request(self, conn: TConn, future: Any) -> None:
        """Called in the main thread when a thread is done."""
        self._submitted -= 1
        super().finish_request(conn, future)

    def _submit(self, pool: ThreadPoolExecutor, conn: TConn) -> None:
        self._submitted += 1
        future = pool.submit(self.handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def _wait_for_request(self, conn: TConn) -> None:
        """As the worker itself keeps a connection whose request does not come."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))


def _is_probe(sock: socket.socket) -> bool:
    """Whether the request that has come is one; it stays to be read."""
    try:
        return sock.recv(len(PROBE), socket.MSG_PEEK | socket.MSG_DONTWAIT) == PROBE
    except OSError:
        return False

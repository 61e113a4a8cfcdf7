"""The worker of the web process: a request that stops half-way gives its thread back.

gunicorn itself waits for the rest of a request without end, so a handful of people on a bad line,
or one with bad intentions, would keep everybody else out. In production the front server collects
requests before it hands them on; this is for whoever runs without one.
"""

import errno
import select
import socket
import time
from concurrent.futures import Future

from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 20  # for everything before the body
BODY_SECONDS = 20  # for a body of nothing, and for each silence within a body
SLOWEST = 32 * 1024  # bytes of a body that must come per second, on the average


class PatientSocket(socket.socket):
    """A connection whose reading ends in TimeoutError when the allowed time is over.

    It stays a blocking one: answers are written, and files sent, as if there were no limit.
    """

    ends = float("inf")

    def allow(self, seconds: float) -> None:
        """Let what is expected next come within so many seconds from now."""
        self.ends = time.monotonic() + seconds

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        if not self._readable():
            # The number makes the worker close the connection quietly.
            raise TimeoutError(errno.ECONNRESET, "the request did not come in time")
        return super().recv(bufsize, flags)

    def _readable(self) -> bool:
        limits = [self.ends - time.monotonic(), BODY_SECONDS, self.gettimeout()]
        seconds = min(limit for limit in limits if limit is not None)
        poll = select.poll()
        poll.register(self, select.POLLIN)
        return seconds > 0 and bool(poll.poll(seconds * 1000))


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Gives each request a time to come in, and takes no more connections than it can attend to.

    gunicorn would go on accepting while all threads wait, and leave people in a line that does not
    move though another process is free. All counting is done by the main thread.
    """

    busy = 0

    def enqueue_req(self, conn: TConn) -> None:
        if not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket(fileno=conn.sock.detach())
        super().enqueue_req(conn)
        self.busy += 1
        if self.busy >= self.cfg.threads:
            self.set_accept_enabled(enabled=False)

    def finish_request(self, conn: TConn, fs: Future[object]) -> None:
        self.busy -= 1
        super().finish_request(conn, fs)

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001  as it is called
        super().set_accept_enabled(enabled and self.busy < self.cfg.threads)

    def handle(self, conn: TConn) -> object:
        conn.sock.allow(HEAD_SECONDS)
        return super().handle(conn)

    def handle_request(self, req: Request, conn: TConn) -> object:
        conn.sock.allow(BODY_SECONDS + announced(req) / SLOWEST)
        return super().handle_request(req, conn)


def announced(req: Request) -> int:
    """Return the length of the body, which the parser has checked; 0 where none is told."""
    lengths = [int(value) for name, value in req.headers if name == "CONTENT-LENGTH"]
    return max(lengths, default=0)

"""The `oxigraph` server as a child process that nobody but the front finds, and that ends with it."""

from __future__ import annotations

import http.client
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kg.errors import StoreError

_START = 20.0  # seconds
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux's prctl


def program() -> str:
    """Return the path of the `oxigraph` program; ``StoreError`` where it is not installed."""
    beside = Path(sys.executable).parent / "oxigraph"  # of this environment, also where its bin/ is not on the PATH
    found = shutil.which("oxigraph", path=str(beside.parent)) or shutil.which("oxigraph")
    if found is None:
        raise StoreError(
            "缺少 oxigraph 服务器 / the oxigraph server is missing",
            where="kg serve",
            hint='pip install "govkg[serve]"',
        )
    return found


class Engine:
    """A running read-only `oxigraph` server on a store."""

    def __init__(self, store: Path, timeout: float) -> None:
        """Start it and wait until it answers. `timeout` in seconds is the longest that a query may take."""
        self._store, self.timeout = store, timeout
        self._program = program()
        self._start()

    def _start(self) -> None:
        for _ in range(5):  # a port may be taken between the look and the start
            self.host, self.port = _place()
            # Nothing of the environment: a proxy set there would be one more way out.
            self._child = subprocess.Popen(  # noqa: S603 - our program, our arguments
                [
                    self._program,
                    "serve-read-only",
                    "--location",
                    str(self._store),
                    "--bind",
                    f"{self.host}:{self.port}",
                    "--timeout-s",
                    str(max(1, round(self.timeout))),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,  # Ctrl-C is for the front, which ends it in order
                preexec_fn=_die_with_parent(),
            )
            if self._answers():
                return
            self.stop()
        raise StoreError(
            "oxigraph 服务器没有启动 / the oxigraph server did not start", where="kg serve", hint="再试一次"
        )

    def _answers(self) -> bool:
        end = time.monotonic() + _START
        while time.monotonic() < end and self._child.poll() is None:
            with suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
                return True
            time.sleep(0.02)
        return False

    @property
    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._child.poll() is None

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._child.pid

    def restart(self) -> None:
        """Start it again after it died (a query that ate the memory, say)."""
        self.stop()
        self._start()

    def stop(self) -> None:
        """End the child; kill it where it does not listen."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(3)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._child.wait()

    def query(self, text: str, accept: str, limit: int) -> tuple[int, str, bytes]:
        """Ask; return status, content type and at most `limit` + 1 bytes. ``OSError`` or ``HTTPException`` on a cut."""
        # The server stops work at its own limit, but then leaves the connection open and says nothing.
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout + 1)
        try:
            connection.request(
                "POST",
                "/query",
                body=text.encode(),
                headers={"Content-Type": "application/sparql-query", "Accept": accept},
            )
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type", "text/plain"), answer.read(limit + 1)
        finally:
            connection.close()


def _place() -> tuple[str, int]:
    """Return a loopback address and a free port that a page in a browser cannot guess."""
    host = "127.0.0.1"
    if sys.platform == "linux":  # all of 127.0.0.0/8 is this machine
        host = ".".join(("127", *(str(1 + secrets.randbelow(254)) for _ in range(3))))
    with socket.socket() as probe:
        probe.bind((host, 0))
        return host, probe.getsockname()[1]


def _die_with_parent() -> Callable[[], None] | None:
    """Return what makes the kernel end the child when the front is killed outright; None where it cannot."""
    if sys.platform != "linux":
        return None
    import ctypes

    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)

"""Firefox by its own remote protocol (Marionette: JSON over TCP), which needs no driver beside the browser."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Firefox:
    """A headless Firefox with a fresh profile in `folder`. Not a mock: what it answers is what the browser did."""

    def __init__(self, folder: Path) -> None:
        assert FIREFOX
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "user.js").write_text(
            f'user_pref("marionette.port", {port});\nuser_pref("app.update.enabled", false);\n'
            'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
            'user_pref("network.captive-portal-service.enabled", false);\n',
            encoding="utf-8",
        )
        command = [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.connection = self._connect(port)
        self.number = 0
        self._read()  # its greeting
        self("WebDriver:NewSession", {})

    def _connect(self, port: int) -> socket.socket:
        for _ in range(300):
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=60)
            except OSError:
                if self.process.poll() is not None:
                    raise
                time.sleep(0.2)
        raise TimeoutError("firefox does not listen")

    def _read(self) -> Any:
        length = b""
        while (byte := self.connection.recv(1)) != b":":
            length += byte
        content = b""
        while len(content) < int(length):
            content += self.connection.recv(int(length) - len(content))
        return json.loads(content)

    def __call__(self, command: str, parameters: dict[str, Any]) -> Any:
        """Send a WebDriver command and return its value; AssertionError with Firefox's words where it fails."""
        self.number += 1
        content = json.dumps([0, self.number, command, parameters]).encode()
        self.connection.sendall(f"{len(content)}:".encode() + content)
        _, _, fault, value = self._read()
        assert fault is None, fault
        return value.get("value", value) if isinstance(value, dict) else value

    def open(self, url: str) -> None:
        self("WebDriver:Navigate", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page; `return` gives its value."""
        return self("WebDriver:ExecuteScript", {"script": script, "args": list(arguments), "sandbox": None})

    def click(self, x: float, y: float) -> None:
        """Click at a place of the window as a mouse would."""
        at = {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}
        press: list[dict[str, Any]] = [at, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": press}
        self("WebDriver:PerformActions", {"actions": [pointer]})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.connection.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

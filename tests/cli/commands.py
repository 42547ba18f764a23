"""Runs `headgate` as operators do: as a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LONGEST_SECONDS = 30


class Headgate:
    """The command in one environment; a variable that is None is unset."""

    def __init__(self, folder: Path, **variables: str | None) -> None:
        self.folder = folder
        self.environment = {
            name: value for name, value in {**os.environ, **variables}.items() if value is not None
        }

    def run(self, *arguments: str, stdin: bytes = b"", **variables: str) -> "Ended":
        done = subprocess.run(
            [sys.executable, "-m", "headgate", *arguments],
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env={**self.environment, **variables},
            timeout=LONGEST_SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def does(self, *arguments: str, **more: Any) -> str:
        """Run a command that must succeed, and return what it printed."""
        ended = self.run(*arguments, **more)
        assert ended.code == 0, ended.err
        return ended.out

    @contextmanager
    def started(self, *arguments: str, until: str, **variables: str) -> Iterator["Running"]:
        """Start a command and wait for a line that contains `until`; it is ended afterwards."""
        process = subprocess.Popen(
            [sys.executable, "-m", "headgate", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**self.environment, **variables},
        )
        running = Running(process)
        try:
            running.wait_for(until)
            yield running
        finally:
            process.kill()
            process.communicate()


class Ended:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


class Running:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.out = ""

    @property
    def port(self) -> int:
        found = re.search(r"listens on http://[^\s]*:(\d+)", self.out)
        assert found, self.out
        return int(found[1])

    def wait_for(self, text: str) -> None:
        assert self.process.stdout
        while text not in self.out:
            line = self.process.stdout.readline().decode()
            if not line:
                assert self.process.stderr
                raise AssertionError(f"it ended early: {self.process.stderr.read().decode()}")
            self.out += line

    def end(self, sig: signal.Signals) -> int:
        """Send the signal and return the exit code."""
        self.process.send_signal(sig)
        return self.process.wait(LONGEST_SECONDS)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def eventually(ask: Any, *, within_seconds: float = 15) -> Any:
    """Ask again until the answer is true, and return it."""
    ends_at = time.monotonic() + within_seconds
    while not (answer := ask()):
        assert time.monotonic() < ends_at, "it did not come true in time"
        time.sleep(0.05)
    return answer

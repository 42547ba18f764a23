"""A running `headgate serve` and the accounts in it, as tests in the product's words need them."""

import http.client
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from set_ups import configuration

LOOPBACK = "127.0.0.1"
HEADGATE = (sys.executable, "-m", "headgate")
LONGEST_SECONDS = 30.0
_ASK_AGAIN_SECONDS = 0.02


def eventually(ask: Callable[[], Any], *, within_seconds: float = LONGEST_SECONDS) -> Any:
    """Ask until the answer is true, and return it; fail with the last one when time is over."""
    ends_at = time.monotonic() + within_seconds
    while not (answer := ask()):
        assert time.monotonic() < ends_at, f"still {answer!r} after {within_seconds} s"
        time.sleep(_ASK_AGAIN_SECONDS)
    return answer


class Answer:
    """What came back over HTTP; `json` is None where the body is something else."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {self.body[:2_000]!r}"


class House:
    """`headgate serve` on a free port, in a process that can be stopped, killed and started."""

    def __init__(self, folder: Path, *, command: tuple[str, ...] = HEADGATE, **env: str) -> None:
        self.port = 0
        self.folder = folder
        self.log = folder / "serve.log"
        self._command = command
        self._environment = {
            **os.environ,
            "HEADGATE_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8",
            **env,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        """Start, and return when it listens; the port stays the same from then on."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._command, "serve", "--port", str(self.port), *arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environment,
            )
        self.port = self._announced_port(self._process)

    def stop(self) -> int:
        """Ask it to drain and leave, and return its exit code."""
        process = self._running()
        process.send_signal(signal.SIGTERM)
        return self._ended(process)

    def kill(self) -> None:
        process = self._running()
        process.kill()
        self._ended(process)

    def kill_child(self) -> bool:
        """Kill one of its own processes: a sender, or one of several that serve together."""
        pid = self._running().pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        for child in children[:1]:
            os.kill(int(child), signal.SIGKILL)
        return bool(children)

    def leave_nothing(self) -> None:
        """End the process however it stands."""
        if self._process is not None:
            self.kill()

    def run(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run another command on the same data."""
        return subprocess.run(
            [*HEADGATE, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            env=self._environment,
            check=False,
        )

    def does(self, *arguments: str, stdin: str = "") -> str:
        """Run a command that must succeed, and return what it printed."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def open_account(self, configuration: str) -> "Account":
        """Apply a configuration and make an admin key, by the commands."""
        self.does("apply", "-", "--yes", stdin=configuration)
        return Account(self, self.does("apikey", "create", "--scope", "admin").strip())

    def caller(self, key: str = "") -> "Caller":
        return Caller(self, key)

    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "it was not started"
        return self._process

    def _ended(self, process: "subprocess.Popen[bytes]") -> int:
        code = process.wait(LONGEST_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
        self._process = None
        return code

    def _announced_port(self, process: "subprocess.Popen[bytes]") -> int:
        assert process.stdout is not None
        printed = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"listens on" not in printed or not printed.endswith(b"\n"):
                assert selector.select(LONGEST_SECONDS), "it does not say that it listens"
                piece = os.read(process.stdout.fileno(), 4_096)
                assert piece, f"it ended early: {self.log.read_text(encoding='utf-8')[-3_000:]}"
                printed += piece
        line = next(each for each in printed.decode().splitlines() if "listens on" in each)
        return int(line.rsplit(":", 1)[1])


class Caller:
    """Calls the API with one key, over one connection; for one thread."""

    def __init__(self, house: House, key: str) -> None:
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._connection = http.client.HTTPConnection(LOOPBACK, house.port, timeout=LONGEST_SECONDS)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        media: str = "application/json",
        **headers: str,
    ) -> Answer:
        """Call once; a body that is not bytes goes as JSON."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {**self._headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if content is not None:
            sent["Content-Type"] = media
        self._connection.request(method, path, content, sent)
        answer = self._connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, names, answer.read())


class Account:
    """An account with its admin key: posts leads and reads what became of them."""

    def __init__(self, house: House, key: str, *, slug: str = "") -> None:
        self.house = house
        self.key = key
        self.slug = slug

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        with self.house.caller(self.key) as caller:
            return caller.call(method, f"/api/v1{path}", body, **more)

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status == 200, answer
        return answer.json

    def apply(self, **parts: Any) -> Answer:
        """Apply over HTTP; the parts are those of a configuration file."""
        file = configuration(self.slug, **parts).encode()
        return self.call("POST", "/config/apply", file, media="application/yaml")

    def post(self, *, wait: float = 0, idempotency_key: str = "", **fields: Any) -> Any:
        """Post a lead with these fields, and return it as it was answered."""
        answer = self.try_to_post(wait=wait, idempotency_key=idempotency_key, **fields)
        assert answer.status in (200, 201), answer
        return answer.json

    def try_to_post(self, *, wait: float = 0, idempotency_key: str = "", **fields: Any) -> Answer:
        headers = {"Idempotency_Key": idempotency_key} if idempotency_key else {}
        path = f"/leads?wait={wait}" if wait else "/leads"
        return self.call("POST", path, {"entity": "solar", "fields": fields}, **headers)

    def lead(self, lead_id: str) -> Any:
        return self.get(f"/leads/{lead_id}")

    def when(self, lead_id: str, *states: str, within_seconds: float = LONGEST_SECONDS) -> Any:
        """Wait until the lead has one of the states, and return it."""

        def ask() -> Any:
            lead = self.lead(lead_id)
            return lead if lead["state"] in states else None

        return eventually(ask, within_seconds=within_seconds)

    def verdicts(self, lead_id: str) -> dict[str, str]:
        """Return the result of every assignment, by `profile/assignment`."""
        return {
            f"{profile['profile']}/{seat['assignment']}": seat["result"]
            for profile in self.get(f"/leads/{lead_id}/decision")["profiles"]
            for seat in profile["assignments"]
        }

    def count(self, path: str) -> int:
        """Count the items of a list, page by page."""
        page = self.get(f"{path}?limit=200")
        found = len(page["items"])
        while page["next"] is not None:
            page = self.get(f"{path}?limit=200&cursor={page['next']}")
            found += len(page["items"])
        return found


# The fixture `open_account`: it takes the parts of a configuration file.
OpenAccount = Callable[..., Account]


def fates(lead: Any) -> dict[str, str]:
    """Return the state of each of the lead's deliveries, by partner."""
    return {each["partner"]: each["state"] for each in lead["deliveries"]}

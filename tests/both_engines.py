"""Runs every test on SQLite, and those that use a database on PostgreSQL, and says how it went."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
WORKERS = os.environ.get("HEADGATE_TEST_WORKERS", "2")
# A test that waits for ever says where, and ends its worker: it fails by its name, and the
# others go on. The long forms of the harnesses, which take longer, are run with pytest itself.
BOUNDED = ["-o", "faulthandler_exit_on_timeout=true"]


def main() -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        not_run = Path(folder) / "not-run"
        not_run.touch()
        failed = [name for engine, name in ENGINES.items() if not passes(engine, not_run)]
        seconds = round(time.monotonic() - started)
        if failed:
            print(f"\nTESTS FAILED on {' and '.join(failed)}, after {seconds} s.")
        else:
            print(f"\nAll tests passed on {' and '.join(ENGINES.values())}, in {seconds} s.")
        print(not_run.read_text(encoding="utf-8"), end="")
    return 1 if failed else 0


def passes(engine: str, not_run: Path) -> bool:
    print(f"\nTests on {ENGINES[engine]}:", flush=True)
    environment = {
        **os.environ,
        "HEADGATE_TEST_ENGINE": engine,
        "HEADGATE_TEST_NOT_RUN": str(not_run),
    }
    pytest = [sys.executable, "-m", "pytest", "--no-header", "-n", WORKERS, "--dist", "worksteal"]
    return subprocess.call([*pytest, *BOUNDED, *sys.argv[1:]], env=environment) == 0


if __name__ == "__main__":
    sys.exit(main())

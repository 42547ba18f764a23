"""What the first process says and does about the others."""

import subprocess
import sys

MEMBER_THAT_FAILS = """
import signal
from headgate.cli.crew import Crew

def work():
    raise RuntimeError("there is no port left")

signal.setitimer(signal.ITIMER_REAL, 0.5)
signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGTERM))
Crew(work, 1, ready=lambda: None).run()
"""


class TestAMember:
    def test_says_why_it_died(self) -> None:
        ended = subprocess.run(
            [sys.executable, "-c", MEMBER_THAT_FAILS],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )

        assert ended.returncode == 0
        assert "there is no port left" in ended.stdout + ended.stderr

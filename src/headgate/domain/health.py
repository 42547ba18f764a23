"""The health of delivery settings: a circuit breaker, and when to stop trying for good."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.deliveries import Outcome

WINDOW = timedelta(minutes=5)
LEAST_TRIES = 10
FAILING_PER_CENT = 70
FIRST_PAUSE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 600
HALT_AFTER = timedelta(days=5)
_SLICE = timedelta(seconds=30)


class Slice(Struct, frozen=True, gc=False):
    """The tries that ended within 30 s of `begins_at`."""

    begins_at: datetime
    tries: int
    failures: int


class Health(Struct, frozen=True):
    """What is known of the other side of some delivery settings; `HEALTHY` is nothing.

    `slices` are the tries of the last five minutes, the oldest first. `failing_since` is the
    first failure after which nothing was answered. The breaker is open from `opened_at` on, and
    may be probed at `probe_at`. `pause_seconds` outlives its closing by a probe, so that who
    fails again before anything real was answered is left alone for longer.
    """

    slices: tuple[Slice, ...] = ()
    failing_since: datetime | None = None
    opened_at: datetime | None = None
    probe_at: datetime | None = None
    pause_seconds: int = 0

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    def is_half_open(self, now: datetime) -> bool:
        """Tell whether the pause is over, so that one probe may be made."""
        return self.probe_at is not None and self.probe_at <= now

    def is_hopeless(self, now: datetime) -> bool:
        """Tell whether there was nothing but failures for so long that it is given up."""
        return self.failing_since is not None and now - self.failing_since >= HALT_AFTER

    def is_worth_keeping(self, now: datetime) -> bool:
        """Tell whether it must outlive the process; a short trouble is forgotten with it."""
        fails_for_long = self.failing_since is not None and now - self.failing_since >= WINDOW
        return self.is_open or self.pause_seconds > 0 or fails_for_long


HEALTHY = Health()


def is_failure(outcome: Outcome) -> bool:
    """Tell whether a try speaks against the other side; a refusal is an answer."""
    return outcome in (Outcome.NOT_SENT, Outcome.AMBIGUOUS)


def after_tries(health: Health, *, answered: int, failed: int, now: datetime) -> Health:
    """Return what some tries that ended by `now` make of it.

    During the pause, answers to what was still under way do not close the breaker: whoever
    fails three times of four would never be left alone.
    """
    since = None if answered else health.failing_since
    health = replace(health, failing_since=since or (now if failed else None))
    if health.is_open:
        return HEALTHY if answered and health.is_half_open(now) else health
    if answered:
        health = replace(health, pause_seconds=0)
    health = replace(health, slices=_counted(health.slices, answered + failed, failed, now))
    return _opened(health, now) if failed and _fails(health.slices) else health


def after_probe(health: Health, *, passed: bool, now: datetime) -> Health:
    """Return what the end of the one probe makes of it."""
    if not health.is_open:
        return health
    if passed:
        return replace(health, slices=(), opened_at=None, probe_at=None)
    pause = _longer(health.pause_seconds)
    return replace(
        health,
        failing_since=health.failing_since or now,
        pause_seconds=pause,
        probe_at=now + timedelta(seconds=pause),
    )


def _opened(health: Health, now: datetime) -> Health:
    pause = _longer(health.pause_seconds)
    probe_at = now + timedelta(seconds=pause)
    return replace(health, slices=(), opened_at=now, probe_at=probe_at, pause_seconds=pause)


def _longer(seconds: int) -> int:
    return min(2 * seconds, LONGEST_PAUSE_SECONDS) if seconds else FIRST_PAUSE_SECONDS


def _counted(
    slices: tuple[Slice, ...], tries: int, failures: int, now: datetime
) -> tuple[Slice, ...]:
    recent = tuple(each for each in slices if now - each.begins_at < WINDOW)
    if recent and now - recent[-1].begins_at < _SLICE:
        last = recent[-1]
        grown = Slice(last.begins_at, last.tries + tries, last.failures + failures)
        return (*recent[:-1], grown)
    return (*recent, Slice(now, tries, failures))


def _fails(slices: tuple[Slice, ...]) -> bool:
    tries = sum(each.tries for each in slices)
    failures = sum(each.failures for each in slices)
    return tries >= LEAST_TRIES and failures * 100 >= tries * FAILING_PER_CENT

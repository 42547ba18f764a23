"""What is counted of leads and deliveries while they pass, for Prometheus."""

from collections import Counter as Tally
from collections.abc import Iterable

from prometheus_client import Counter, Histogram

_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_leads = Counter("headgate_leads", "Leads stored, by their state then.", labelnames=("state",))
_attempts = Counter(
    "headgate_attempts", "Tries of deliveries, by their outcome.", labelnames=("outcome",)
)
_lead_batches = Histogram("headgate_lead_batch", "Leads stored at once.", buckets=_SIZES)
_outcome_batches = Histogram("headgate_outcome_batch", "Outcomes recorded at once.", buckets=_SIZES)


def count_leads(states: Iterable[str]) -> None:
    """Count the leads that one batch stored."""
    tally = Tally(states)
    for state, count in tally.items():
        _leads.labels(state).inc(count)
    _lead_batches.observe(tally.total())


def count_outcomes(outcomes: Iterable[str]) -> None:
    """Count the tries that one batch recorded."""
    tally = Tally(outcomes)
    for outcome, count in tally.items():
        _attempts.labels(outcome).inc(count)
    _outcome_batches.observe(tally.total())

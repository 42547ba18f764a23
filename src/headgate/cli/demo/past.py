"""The two weeks before the demonstration: leads that its partners have answered already."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from headgate.channels.contract import Sent
from headgate.cli.demo.installation import Remembered
from headgate.cli.demo.people import person
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import Webhook
from headgate.domain.dispositions import Disposition, Feedback
from headgate.domain.ids import LeadId
from headgate.services import feedback
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import Errand, claim_errands
from headgate.services.identity import fresh_id
from headgate.services.intake import receive_leads
from headgate.services.people import api_keys
from headgate.services.preparing import prepare
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import Submission

_DAYS = 14
SPAN = timedelta(days=_DAYS + 1)  # how long before the set-up was there
_HOURS = (16, 19, 23)  # of UTC: morning, noon and afternoon where the demonstration is
_AT_ONCE = 100
_ASKS_AGAIN = 23
_SPOKEN_OF = 0.7  # the share of the leads
_BECAME = {
    Disposition.CONTACTED: 5,
    Disposition.NOT_REACHED: 4,
    Disposition.APPOINTMENT: 3,
    Disposition.SOLD: 2,
    Disposition.LOST: 3,
    Disposition.BAD_CONTACT: 1,
}


def fill(known: Remembered, *, now: datetime) -> None:
    """Let leads come on each of the days before, and have everything answered at that moment."""
    dice = random.Random(_DAYS)  # noqa: S311
    tongue = random.Random(_DAYS)  # noqa: S311 - who speaks changes nothing of who comes
    for moment in _moments(now):
        many = dice.randrange(3, 12) // (2 if moment.weekday() > 4 else 1)
        submissions = [_submission(known, moment) for _ in range(many)]
        receive_leads(submissions=submissions, rates=Rates(), leases=Leases(0), now=moment)
        for errand in _answer_everything(moment, dice):
            _say_what_became_of(errand, tongue, now=moment)


def _moments(now: datetime) -> Iterator[datetime]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for days in range(_DAYS, 0, -1):
        for hour in _HOURS:
            yield today - timedelta(days=days) + timedelta(hours=hour)


def _submission(known: Remembered, now: datetime) -> Submission:
    """Return the lead of somebody new; now and then somebody asks a second time."""
    repeats = known.people > _ASKS_AGAIN and known.people % _ASKS_AGAIN == 0
    submission = Submission(
        id=LeadId(fresh_id(now)),
        caller=api_keys.digest_of(known.website_key),
        entity="solar",
        fields=person(known.people - (5 if repeats else 0)),
        received_at=now,
    )
    known.people += 1
    return submission


def _answer_everything(now: datetime, dice: random.Random) -> list[Errand]:
    """Return what the partners took."""
    taken = []
    while errands := claim_errands(limit=_AT_ONCE, busy_partners=(), now=now):
        reports = [_report(errand, now, dice.randrange(40, 400)) for errand in errands]
        record_outcomes(reports=reports, leases=Leases(0), now=now)
        taken += [each.errand for each in reports if each.sent.outcome is Outcome.DELIVERED]
    return taken


def _say_what_became_of(errand: Errand, dice: random.Random, *, now: datetime) -> None:
    """Have a partner that gets leads by webhook speak of most of them within the hour."""
    if not isinstance(errand.settings, Webhook) or dice.random() > _SPOKEN_OF:
        return
    (kind,) = dice.choices(list(_BECAME), weights=list(_BECAME.values()))
    value = f"{dice.randrange(90, 260) * 100}.00" if kind is Disposition.SOLD else None
    feedback.hear(
        account_id=errand.delivery.account_id,
        delivery_id=errand.delivery.id,
        feedback=Feedback(disposition=kind, value=value),
        is_noted=False,
        by=f"partner {errand.seat.partner.slug}: postback",
        now=now + timedelta(minutes=dice.randrange(10, 60)),
    )


def _report(errand: Errand, now: datetime, ms: int) -> Report:
    """Say of a try what the demonstration's partners answer."""
    ready = prepare(errand, now=now)
    ended_at = now + timedelta(milliseconds=ms)
    if isinstance(ready, Sent):
        return Report(errand=errand, at=now, ended_at=ended_at, sent=ready)
    return Report(
        errand=errand,
        at=now,
        ended_at=ended_at,
        sent=_answered(errand, ms),
        shown=ready.shown,
        body=ready.body,
    )


def _answered(errand: Errand, ms: int) -> Sent:
    path = urlsplit(errand.settings.url).path if isinstance(errand.settings, Webhook) else ""
    match path.strip("/").split("/"):
        case ["refuse", *_]:
            answer = '{"status": "refused"}'
            return Sent(outcome=Outcome.REFUSED, ms=ms, written=True, status=422, answer=answer)
        case ["price", price]:
            return Sent(
                outcome=Outcome.DELIVERED,
                ms=ms,
                written=True,
                status=200,
                answer=f'{{"price": "{price}"}}',
                price=price,
            )
    answer = '{"status": "accepted"}'
    return Sent(outcome=Outcome.DELIVERED, ms=ms, written=True, status=200, answer=answer)

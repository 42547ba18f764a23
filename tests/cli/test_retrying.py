"""`headgate retry`: many deliveries from the command line."""

import pytest
from commands import Headgate

from headgate import clock
from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import LeadId
from headgate.services import verification
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import claim_errands
from headgate.services.identity import fresh_id
from headgate.services.intake import receive_leads
from headgate.services.people import api_keys
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import Submission
from headgate.storage import accounts, models
from headgate.storage.keys import KeyScope

pytestmark = pytest.mark.usefixtures("installation")
FAILED = Sent(outcome=Outcome.NOT_SENT, ms=1, written=False, error="no way", is_final=True)


def fail(leads: int) -> None:
    """Have as many leads come in, and the delivery of each fail."""
    now, account = clock.now(), accounts.find("acme")
    assert account is not None
    key = api_keys.create_key(
        account_id=account.id, scope=KeyScope.ADMIN, source=None, entity=None, name="", now=now
    )
    submissions = [
        Submission(
            id=LeadId(fresh_id(now)),
            caller=api_keys.digest_of(key),
            entity="solar",
            fields={"name": f"Ann {n}"},
            received_at=now,
        )
        for n in range(leads)
    ]
    receive_leads(submissions=submissions, rates=Rates(), leases=Leases(0), now=now)
    reports = [
        Report(errand=errand, at=now, ended_at=now, sent=FAILED)
        for errand in claim_errands(limit=leads, busy_partners=(), now=now)
    ]
    record_outcomes(reports=reports, leases=Leases(0), now=now)


def states() -> list[str]:
    return [str(each) for each in models.Delivery.objects.values_list("state", flat=True)]


class TestRetry:
    def test_makes_all_that_failed_due(self, configured: Headgate) -> None:
        fail(3)

        out = configured.does("retry", "--state", "failed", "--since", "2020-01-01", "--yes")

        assert "3 deliveries fit." in out
        assert "Retried 3." in out
        assert states() == ["pending"] * 3
        assert list(verification.verify()) == []

    def test_lists_what_is_left_out(self, configured: Headgate) -> None:
        fail(1)
        models.Lead.objects.update(erased_at=clock.now(), state="erased")

        out = configured.does("retry", "--state", "failed", "--yes")

        assert "lead_erased: the lead was erased" in out
        assert "Retried 0; left out 1 lead_erased." in out

    def test_only_counts_in_a_dry_run(self, configured: Headgate) -> None:
        fail(1)

        out = configured.does("retry", "--state", "failed", "--partner", "box", "--dry-run")

        assert "1 delivery fits." in out
        assert states() == ["failed"]

    def test_asks_first(self, configured: Headgate) -> None:
        fail(1)

        ended = configured.run("retry", "--state", "failed")

        assert (ended.code, states()) == (1, ["failed"])
        assert "--yes" in ended.err

    def test_wants_a_moment_that_can_be_read(self, configured: Headgate) -> None:
        ended = configured.run("retry", "--state", "failed", "--since", "yesterday")

        assert ended.code == 1
        assert "since" in ended.err

"""How far a page of a narrowed list looks, and by which index it finds what is rare."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rows import NOW, Ground

from headgate.domain.ids import LeadId, uuid7
from headgate.domain.instants import to_milliseconds
from headgate.storage import leads, lists, walks
from headgate.storage.lists import DeliveryFilter, LeadFilter
from headgate.storage.walks import Counted

pytestmark = pytest.mark.usefixtures("database")


class TestPage:
    def test_says_where_it_stopped_when_it_looked_at_enough(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(walks, "MOST_LOOKED_AT", 3)
        ground = Ground()
        won = [ground.lead(status="Won") for _ in range(2)]
        leads.add([*won, *(ground.lead() for _ in range(4))])
        wanted = LeadFilter(status="Won")

        first = walks.page_of_leads(ground.account_id, wanted, before=None, limit=10)
        assert first.next is not None
        second = walks.page_of_leads(ground.account_id, wanted, before=LeadId(first.next), limit=10)

        assert first.rows == []
        assert [each.id for each in second.rows] == [won[1].id, won[0].id]
        assert second.next is None

    def test_of_everything_never_stops(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(walks, "MOST_LOOKED_AT", 3)
        ground = Ground()
        leads.add([ground.lead() for _ in range(5)])

        found = walks.page_of_leads(ground.account_id, LeadFilter(), before=None, limit=10)

        assert len(found.rows) == 5
        assert found.next is None

    def test_has_the_lead_that_a_text_names_however_old(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(walks, "MOST_LOOKED_AT", 1)
        ground = Ground()
        old = ground.lead(external_id="CRM-7")
        leads.add([old, *(ground.lead() for _ in range(3))])

        by_external_id, by_id = (
            walks.page_of_leads(ground.account_id, LeadFilter(text=said), before=None, limit=10)
            for said in (" CRM-7 ", str(old.id))
        )

        assert [each.id for each in by_external_id.rows] == [old.id]
        assert [each.id for each in by_id.rows] == [old.id]

    def test_of_a_span_has_every_lead_that_came_in_it(self) -> None:
        ground = Ground()
        moments = [NOW + timedelta(hours=hour) for hour in range(6)]
        came = [
            ground.lead(id=LeadId(uuid7(to_milliseconds(at), 7)), received_at=at) for at in moments
        ]
        leads.add(came)
        wanted = LeadFilter(since=moments[2], until=moments[4])

        found = walks.page_of_leads(ground.account_id, wanted, before=None, limit=10)

        assert [each.id for each in found.rows] == [came[3].id, came[2].id]


class TestCounting:
    def test_tells_when_it_did_not_look_at_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(walks, "MOST_LOOKED_AT", 3)
        ground = Ground()
        leads.add([*(ground.lead() for _ in range(4)), ground.lead(status="Won")])

        counted = walks.count_leads(ground.account_id, LeadFilter(status="Won"))

        assert counted == Counted(1, more=True)


@pytest.mark.only_on("sqlite")
class TestSqlite:
    """It knows no figures of its tables, so the wrong index makes a page read everything."""

    @pytest.mark.parametrize(
        ("wanted", "index"),
        [
            (LeadFilter(state="unknown"), "leads_by_state"),
            (LeadFilter(state="unmatched", since=NOW), "leads_by_state"),
            (LeadFilter(since=NOW), "leads_of_account"),
            (LeadFilter(source="site", until=NOW), "leads_of_account"),
        ],
    )
    def test_finds_leads_by(self, wanted: LeadFilter, index: str) -> None:
        account_id = Ground().account_id

        with CaptureQueriesContext(connection) as asked:
            walks.page_of_leads(account_id, wanted, before=None, limit=50)

        assert f"USING INDEX {index} " in _plan(asked)

    @pytest.mark.parametrize(
        ("wanted", "index"),
        [
            (DeliveryFilter(state="failed"), "deliveries_by_state"),
            (DeliveryFilter(state="failed", partner="helios"), "deliveries_by_state"),
            (DeliveryFilter(partner="helios"), "deliveries_of_partner"),
            (DeliveryFilter(until=NOW), "deliveries_of_account"),
        ],
    )
    def test_finds_deliveries_by(self, wanted: DeliveryFilter, index: str) -> None:
        account_id = Ground().account_id

        with CaptureQueriesContext(connection) as asked:
            walks.page_of_deliveries(account_id, wanted, before=None, limit=50)

        assert f"USING INDEX {index} " in _plan(asked)

    def test_finds_an_external_id_without_a_walk(self) -> None:
        account_id = Ground().account_id

        with CaptureQueriesContext(connection) as asked:
            walks.page_of_leads(account_id, LeadFilter(external_id="7"), before=None, limit=50)

        assert "leads_by_external_id " in _plan(asked)

    def test_finds_the_leads_that_repeat_one(self) -> None:
        ground = Ground()
        leads.add([first := ground.lead()])

        with CaptureQueriesContext(connection) as asked:
            lists.duplicates_of(ground.account_id, first.id, limit=20)

        assert "USING INDEX leads_repeating " in _plan(asked)


def _plan(asked: CaptureQueriesContext) -> str:
    """Return how the last query was answered."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[-1]['sql']}")
        return "\n".join(row[-1] for row in cursor.fetchall())

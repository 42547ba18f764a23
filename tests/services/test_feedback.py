"""Partners say what became of their leads: each word is kept, and the last one counts."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from small_world import AMBIGUOUS, DELIVERED, SmallWorld

from headgate.domain.dispositions import Feedback
from headgate.domain.flaws import Flawed
from headgate.domain.ids import DeliveryId, LeadId, PartnerId
from headgate.domain.reports import By
from headgate.services import feedback, returning, setups, tracking, verification
from headgate.services.feedback import Heard
from headgate.services.handling import NotInThisState
from headgate.services.privacy import erasing, retention
from headgate.services.reports import reporting
from headgate.services.reports.reporting import Figures
from headgate.services.routing import Leases
from headgate.services.showing import DeliveryShown
from headgate.storage import audit, deliveries, models
from headgate.storage.audit import Filters
from headgate.storage.deliveries import DeliveryNotFound
from headgate.storage.lists import DeliveryFilter
from headgate.storage.reports import ReportFilter


@pytest.fixture
def world(database: object, installation: None, now: datetime) -> SmallWorld:
    return SmallWorld(now)


def sold(world: SmallWorld, name: str = "Ann", *, test: bool = False) -> DeliveryId:
    lead_id = world.post(name, test=test)
    world.answer(DELIVERED)
    return delivery_of(lead_id)


def delivery_of(lead_id: LeadId) -> DeliveryId:
    (delivery,) = deliveries.of_leads([lead_id])[lead_id]
    return delivery.id


def say(
    world: SmallWorld, id: DeliveryId, *written: str | None, of_partner: PartnerId | None = None
) -> Heard:
    return feedback.hear(
        account_id=world.account_id,
        delivery_id=id,
        feedback=Feedback(*written),
        of_partner=of_partner,
        by="buyer@first.example",
        now=world.now,
    )


def shown(world: SmallWorld, id: DeliveryId) -> DeliveryShown:
    return tracking.show_delivery(account_id=world.account_id, delivery_id=id)


def figures(world: SmallWorld, by: By = By.PARTNER) -> Figures:
    report = reporting.report(
        account_id=world.account_id, by=by, wanted=ReportFilter(), now=world.now
    )
    return report.total


class TestWhatIsSaid:
    def test_is_kept_and_the_last_one_counts(self, world: SmallWorld) -> None:
        id = sold(world)

        say(world, id, "contacted", "rang twice")
        say(world, id, "sold", None, "4200")

        delivery = shown(world, id)
        assert isinstance(delivery.dispositions, list)
        assert [each.disposition for each in delivery.dispositions] == ["contacted", "sold"]
        assert delivery.dispositions[0].note == "rang twice"
        assert delivery.disposition == delivery.dispositions[1]
        assert delivery.disposition is not None
        assert (delivery.disposition.value, delivery.disposition.currency) == ("4200.00", "USD")

    def test_is_one_when_it_is_said_again(self, world: SmallWorld) -> None:
        id = sold(world)

        first = say(world, id, "contacted")
        again = say(world, id, "contacted")
        say(world, id, "lost")
        back = say(world, id, "contacted")

        assert (first.is_new, again.is_new, back.is_new) == (True, False, True)
        assert first.disposition.id == again.disposition.id
        assert models.Disposition.objects.count() == 3

    def test_has_an_end_but_is_still_known_again(
        self, world: SmallWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feedback, "MOST_OF_ONE_DELIVERY", 2)
        id = sold(world)
        say(world, id, "contacted")
        say(world, id, "quoted")

        with pytest.raises(NotInThisState):
            say(world, id, "lost")

        assert not say(world, id, "quoted").is_new

    def test_is_known_again_by_its_reference(self, world: SmallWorld) -> None:
        id = sold(world)
        first = say(world, id, "contacted", None, None, "crm-1")
        say(world, id, "sold", None, None, "crm-2")

        late = say(world, id, "contacted", None, None, "crm-1")

        assert late.disposition.id == first.disposition.id
        last = shown(world, id).disposition
        assert last is not None
        assert last.disposition == "sold"
        with pytest.raises(Flawed, match="stands for something else"):
            say(world, id, "lost", None, None, "crm-1")

    @pytest.mark.both_engines
    def test_is_one_when_two_say_it_at_once(
        self, world: SmallWorld, at_once: Callable[..., object]
    ) -> None:
        id = sold(world)

        at_once(*(lambda: say(world, id, "sold", None, None, "crm-1"),) * 4)

        assert models.Disposition.objects.filter(is_latest=True).count() == 1
        assert models.Disposition.objects.count() == 1

    def test_is_of_what_the_partner_has(self, world: SmallWorld) -> None:
        lead_id = world.post("Doubtful")
        world.answer(AMBIGUOUS)

        with pytest.raises(NotInThisState, match="is unknown; only of one that is delivered"):
            say(world, delivery_of(lead_id), "sold")

    def test_is_of_what_it_gave_back_as_well(self, world: SmallWorld) -> None:
        id = sold(world)
        returning.return_delivery(
            account_id=world.account_id,
            delivery_id=id,
            reason="Bad number",
            note=None,
            by="ann@acme.example",
            now=world.now,
        )

        heard = say(world, id, "bad_contact")

        assert heard.is_new

    def test_is_of_its_own_deliveries_alone(self, world: SmallWorld) -> None:
        id = sold(world)
        another = setups.in_force(world.account_id).plan.identities.partners["second"]

        with pytest.raises(DeliveryNotFound):
            say(world, id, "sold", of_partner=another)

    def test_is_noted_without_its_words(self, world: SmallWorld) -> None:
        id = sold(world)

        say(world, id, "other", "secret words")

        entry = audit.list_page(world.account_id, Filters(), before=None, limit=1)[0]
        assert entry.action == "delivery.disposition"
        assert entry.after == '{"disposition": "other"}'

    def test_loses_its_words_with_the_lead(self, world: SmallWorld) -> None:
        id = sold(world)
        say(world, id, "sold", "secret words", "10", "secret reference")
        lead_id = deliveries.get(world.account_id, id).lead_id

        erasing.erase_lead(
            account_id=world.account_id, lead_id=lead_id, leases=Leases(0), now=world.now
        )

        row = models.Disposition.objects.get()
        assert (row.kind, row.value_minor, row.note, row.reference) == ("sold", 1000, None, None)
        with pytest.raises(NotInThisState, match="was erased"):
            say(world, id, "lost")

    def test_goes_with_a_test_lead(self, world: SmallWorld) -> None:
        id = sold(world, test=True)
        say(world, id, "sold")

        retention.forget_what_is_over(now=world.now + timedelta(days=30))

        assert not models.Disposition.objects.exists()
        assert not models.Delivery.objects.exists()


class TestAReport:
    def test_counts_what_was_said_last(self, world: SmallWorld) -> None:
        ids = [sold(world, name) for name in ("Ann", "Bea", "Cid", "Dot")]
        figures(world)

        say(world, ids[0], "contacted")
        say(world, ids[0], "sold", None, "4200")
        say(world, ids[1], "lost")
        say(world, ids[2], "bad_contact")

        for by in (By.PARTNER, By.SOURCE, By.DAY):
            told = figures(world, by)
            counted = (told.feedback, told.contacted, told.converted, told.bad_contact)
            assert counted == (3, 2, 1, 1)
            assert (told.contact_rate, told.conversion_rate) == (0.5, 0.25)
            assert told.sale_value == "4200.00"
        assert not list(verification.verify())

    def test_leaves_test_leads_out(self, world: SmallWorld) -> None:
        sold(world)
        say(world, sold(world, "Test", test=True), "sold")

        assert figures(world).feedback == 0


class TestTheListOfDeliveries:
    @pytest.mark.parametrize(
        ("kinds", "names"),
        [(("sold",), [0]), (("contacted", "sold", "lost"), [1, 0]), (("other",), [])],
    )
    def test_is_narrowed_by_what_was_said_last(
        self, world: SmallWorld, kinds: tuple[str, ...], names: list[int]
    ) -> None:
        ids = [sold(world, name) for name in ("Ann", "Bea", "Cid")]
        say(world, ids[0], "other")
        say(world, ids[0], "sold")
        say(world, ids[1], "lost")

        page = tracking.list_deliveries(
            account_id=world.account_id,
            wanted=DeliveryFilter(dispositions=kinds, source="site"),
            before=None,
            limit=10,
        )

        assert [each.id for each in page.items] == [str(ids[number]) for number in names]

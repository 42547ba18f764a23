"""What became of leads, where partners say it and where staff reads it."""

import re
from typing import Any
from uuid import UUID

import pytest
from portal_desk import HEL, QUI, RIV, PortalDesk
from reception import Reception, text_of

from headgate import clock
from headgate.domain.ids import DeliveryId
from headgate.services import tracking
from headgate.services.feedback_showing import DispositionShown


@pytest.fixture
def desk(database: object, installation: None) -> PortalDesk:
    now = clock.now()
    return PortalDesk(Reception(now), now)


def said_of(desk: PortalDesk, id: UUID) -> list[DispositionShown]:
    shown = tracking.show_delivery(account_id=desk.account_id, delivery_id=DeliveryId(id))
    assert isinstance(shown.dispositions, list)
    return shown.dispositions


def tell(client: Any, id: UUID, **said: str) -> Any:
    return client.post(f"/portal/leads/{id}/feedback", said)


class TestThePortal:
    def test_lets_a_partner_say_what_became_of_its_lead(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny")
        client = desk.join(QUI)

        answer = tell(client, id, disposition="sold", value="4200", note="a <big> roof")

        page = text_of(client, answer.headers["location"])
        assert "Kept. Thank you" in page
        assert "4,200.00 USD" in page
        assert [(each.by, each.note) for each in said_of(desk, id)] == [
            (f"partner quiet: {QUI}", "a <big> roof")
        ]
        assert "Sold" in text_of(client, "/portal")
        assert text_of(client, "/portal/leads.csv").rstrip().endswith("Sold,4200.00,a <big> roof")

    def test_keeps_what_was_typed_where_something_is_wrong(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny")

        answer = tell(desk.join(QUI), id, disposition="lost", value="ten", note="a word")

        html = answer.content.decode()
        assert answer.status_code == 422
        assert "Write an amount in USD" in html
        assert 'value="lost" required checked' in html
        assert ">a word</textarea>" in html
        assert said_of(desk, id) == []

    def test_lets_nobody_speak_of_anothers_lead(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny")

        answer = tell(desk.join(RIV), id, disposition="sold")

        assert answer.status_code == 404
        assert said_of(desk, id) == []

    def test_asks_nothing_of_what_is_not_the_partners_yet(self, desk: PortalDesk) -> None:
        id = desk.lead("1", first_name="Sunny")
        client = desk.join(HEL)

        answer = tell(client, id, disposition="sold")

        assert answer.status_code == 409
        assert f"{id}/feedback" not in text_of(client, f"/portal/leads/{id}")


class TestTheConsole:
    def test_notes_what_a_partner_says(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny")
        client = desk.reception.at_the_desk()

        answer = client.post(f"/deliveries/{id}/disposition", {"disposition": "bad_contact"})

        assert "Kept;" in text_of(client, answer.headers["location"])
        assert [each.disposition for each in said_of(desk, id)] == ["bad_contact"]
        wrong = client.post(f"/deliveries/{id}/disposition", {"disposition": "gone"})
        assert wrong.status_code == 422

    def test_tells_it_in_the_leads_timeline(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny")
        tell(desk.join(QUI), id, disposition="sold", value="4200")
        lead_id = tracking.show_delivery(
            account_id=desk.account_id, delivery_id=DeliveryId(id)
        ).lead_id

        page = text_of(desk.reception.at_the_desk(), f"/leads/{lead_id}")

        assert "Quiet Roofs: sold (USD 4,200.00)" in page

    @pytest.mark.parametrize("by", ["partner", "source", "day"])
    def test_leads_from_each_figure_to_its_rows(self, desk: PortalDesk, by: str) -> None:
        ids = [desk.lead("2", first_name=name, email=f"{name}@x.example") for name in ("A", "B")]
        tell(desk.join(QUI), ids[0], disposition="sold", value="4200")
        client = desk.reception.at_the_desk()

        html = client.get(f"/reports?by={by}&period=today").content.decode()

        part = html.partition('id="feedback"')[2].partition("</section>")[0]
        found = [each.replace("&amp;", "&") for each in re.findall('href="([^"]+)"', part)]
        links = [each for each in found if "rivals" not in each]  # they got the other one
        assert "50%" in part
        assert "4,200.00" in part
        counts = [client.get(each).content.decode().count('class="row"') for each in links]
        assert counts == [1, 1, 1, 0] * 2

    def test_sums_it_up_where_the_leads_came_from_and_went(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny")
        tell(desk.join(QUI), id, disposition="quoted")
        client = desk.reception.at_the_desk()

        for page in ("/partners/of/quiet", "/sources/of/solar/api"):
            assert "What became of its leads" in text_of(client, page)

    def test_exports_it(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny")
        tell(desk.join(QUI), id, disposition="sold", value="4200", note="=1+1")
        client = desk.reception.at_the_desk()

        file = text_of(client, "/deliveries.csv?disposition=reached")

        assert file.splitlines()[1].endswith("sold,4200.00,'=1+1")
        assert len(text_of(client, "/deliveries.csv?disposition=lost").splitlines()) == 1

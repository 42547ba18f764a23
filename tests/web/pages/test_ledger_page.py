"""A partner's ledger in the console."""

import pytest
from reception import ACME, DELIVERED, Reception, content_of, text_of

from headgate.services import configuration

LEDGER = "/partners/of/helios/ledger"


class TestTheLedger:
    def test_says_what_was_charged_for_whom(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel")
        reception.answer(DELIVERED)

        page = text_of(reception.at_the_desk(), LEDGER)

        assert "Annabel" in page
        assert "−12.50 USD" in page
        assert 'Owes <strong class="number">12.50 USD</strong>' in page

    def test_takes_a_top_up_once(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        paid = {"amount": "100.00", "reference": "payment 7"}

        first, second = (client.post(f"{LEDGER}/top-up", paid) for _ in range(2))

        assert first.headers["Location"] == f"{LEDGER}?done=topped-up"
        assert second.status_code == 409
        assert "stands in the ledger already" in content_of(second)
        assert "100.00 USD</strong>" in text_of(client, "/partners/of/helios")

    def test_says_in_the_list_what_is_left_for_leads(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        client.post(f"{LEDGER}/top-up", {"amount": "20.00"})
        configuration.apply_configuration(
            source=ACME.replace(b"name: Helios Homes", b"name: Helios Homes\n    prepaid: true"),
            account_slug="acme",
            trusted=True,
            made_by="test",
            now=reception.now,
        )
        reception.post_lead(first_name="Annabel")

        assert "7.50 USD left" in text_of(client, "/partners")

    @pytest.mark.parametrize(
        ("act", "said", "complaint"),
        [
            ("top-up", {"amount": "-5.00"}, "more than nothing"),
            ("adjust", {"amount": "5.00", "reason": " "}, "say why the ledger is adjusted"),
            ("adjust", {"amount": "five", "reason": "A gift"}, "not an amount"),
        ],
    )
    def test_says_what_is_wrong(
        self, reception: Reception, act: str, said: dict[str, str], complaint: str
    ) -> None:
        answer = reception.at_the_desk().post(f"{LEDGER}/{act}", said)

        assert answer.status_code == 422
        assert complaint in content_of(answer)

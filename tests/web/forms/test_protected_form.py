"""What keeps machines from making leads, and people from making two."""

from datetime import timedelta

import pytest
from booth import Booth, hidden_values, proof_of
from time_machine import travel

from headgate import clock
from headgate.services.privacy import retention

PROOF = ("    thank_you:", "    protection: {proof_of_work: true}\n    thank_you:")


def verdicts(booth: Booth) -> list[tuple[str, str | None]]:
    return [(lead.state, lead.reason) for lead in booth.leads()]


class TestADoubleClick:
    def test_makes_one_lead(self, booth: Booth) -> None:
        page = booth.open()

        first, second = booth.fill_in(page), booth.fill_in(page)

        assert (first.status, second.status) == (200, 200)
        assert first.body == second.body
        assert len(booth.leads()) == 1


class TestAToken:
    def test_makes_one_lead_however_it_is_filled_in_later(self, booth: Booth) -> None:
        page = booth.open()
        booth.fill_in(page)

        answer = booth.fill_in(page, email="bob@example.com")

        assert answer.status == 409
        assert b"sent already" in answer.body
        assert len(booth.leads()) == 1

    def test_stays_spent_when_its_lead_is_erased(self, booth: Booth) -> None:
        page = booth.open()
        booth.fill_in(page)
        lead_id = booth.leads()[0].id
        self._unbind(booth)

        answer = booth.fill_in(page)

        assert answer.status == 409
        assert [lead.id for lead in booth.leads()] == [lead_id]

    def test_is_forgotten_once_it_is_void(self, booth: Booth) -> None:
        from headgate.storage import models

        booth.fill_in()

        booth.run(lambda: retention.forget_what_is_over(now=clock.now()))
        kept = booth.run(models.SpentToken.objects.count)
        later = clock.now() + timedelta(days=2)
        booth.run(lambda: retention.forget_what_is_over(now=later))

        assert kept == 1
        assert booth.run(models.SpentToken.objects.count) == 0

    def test_that_is_too_old_is_asked_for_again(self, booth: Booth) -> None:
        page = booth.open()

        with travel(clock.now() + timedelta(days=1), tick=True):
            answer = booth.fill_in(page)
            again = answer.body.decode()

            assert answer.status == 422
            assert 'value="ann@example.com"' in again
            assert booth.leads() == []
            assert booth.fill_in(again).status == 200

        assert verdicts(booth) == [("in_delivery", None)]

    @staticmethod
    def _unbind(booth: Booth) -> None:
        from headgate.storage import models

        booth.run(lambda: models.Lead.objects.update(idempotency_key=None))


class TestWhatLooksLikeAMachine:
    @pytest.mark.parametrize("token", [None, "", "x", "ä", "A" * 59, "A" * 100_000])
    def test_comes_from_no_page(self, booth: Booth, token: str | None) -> None:
        answer = booth.fill_in(_token=token)

        assert answer.status == 200
        assert verdicts(booth) == [("quarantined", "no_token")]

    def test_comes_with_another_forms_token(self, booth: Booth) -> None:
        forms = (
            "forms:\n  - {slug: other, entity: solar, source: site, title: O, fields: [email]}\n"
        )
        booth.set_up("forms:\n", forms)
        page = booth.visit("GET", "/f/acme/other").body.decode()

        booth.fill_in(_token=hidden_values(page)["_token"])

        assert verdicts(booth) == [("quarantined", "no_token")]

    def test_fills_in_what_people_do_not_see(self, booth: Booth) -> None:
        answer = booth.fill_in(website="https://spam.example")

        assert b"We will call you." in answer.body
        assert verdicts(booth) == [("quarantined", "honeypot")]

    def test_types_too_fast(self, booth: Booth) -> None:
        from urllib.parse import urlencode

        values = hidden_values(booth.open())
        body = urlencode({**values, "first_name": "Ann", "_consent": "yes"}).encode()
        booth.post(body, after_seconds=0)

        assert verdicts(booth) == [("quarantined", "too_fast")]

    def test_is_let_through_where_the_form_does_not_mind(self, booth: Booth) -> None:
        off = "    protection: {honeypot: false, min_seconds: 0}\n    thank_you:"
        booth.set_up("    thank_you:", off)

        booth.fill_in(_token=None, website="https://spam.example")

        assert verdicts(booth) == [("in_delivery", None)]

    def test_never_changes_an_earlier_lead(self, booth: Booth) -> None:
        booth.set_up("name: Site}", "name: Site, on_duplicate: update}")
        booth.fill_in()

        booth.fill_in(first_name="Bot", website="x")

        assert verdicts(booth) == [("in_delivery", None), ("quarantined", "honeypot")]
        assert "Bot" not in booth.leads()[0].fields


class TestAProofOfWork:
    def test_lets_the_lead_through(self, booth: Booth) -> None:
        booth.set_up(*PROOF)
        page = booth.open()

        booth.fill_in(page, _proof=proof_of(page))

        assert verdicts(booth) == [("in_delivery", None)]

    def test_is_missed_without_scripts(self, booth: Booth) -> None:
        booth.set_up(*PROOF)

        answer = booth.fill_in()

        assert b"We will call you." in answer.body
        assert verdicts(booth) == [("quarantined", "no_proof")]

    def test_is_good_for_its_own_page_alone(self, booth: Booth) -> None:
        booth.set_up(*PROOF)
        proof = proof_of(booth.open())

        booth.fill_in(_proof=proof)

        assert verdicts(booth) == [("quarantined", "no_proof")]

    @pytest.mark.parametrize(
        "proof",
        ["e30=", "W10=", "bnVsbA==", "x", "ä", "eyJjaGFsbGVuZ2UiOiAxfQ==", "W1tbW1tb" * 5_000],
    )
    def test_of_any_shape_breaks_nothing(self, booth: Booth, proof: str) -> None:
        booth.set_up(*PROOF)

        booth.fill_in(_proof=proof)

        assert verdicts(booth) == [("quarantined", "no_proof")]


class TestOneAddress:
    def test_is_slowed_down(self, booth: Booth) -> None:
        body = b"first_name="
        form = {"content-type": "application/x-www-form-urlencoded"}

        statuses = [
            booth.call("POST", "/f/acme/quote", body, key=None, headers=form).status
            for _ in range(31)
        ]

        assert statuses[:30] == [422] * 30
        assert statuses[30] == 429

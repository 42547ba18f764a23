"""What is kept to prove who agreed to what."""

import json
from functools import partial
from typing import Any

from booth import Booth
from time_machine import travel

from headgate import clock
from headgate.services.privacy import erasing
from headgate.services.routing import Leases


def evidence(booth: Booth) -> Any:
    return json.loads(booth.leads()[-1].consent)


class TestTheEvidence:
    def test_tells_what_was_agreed_to_and_how(self, booth: Booth) -> None:
        page = booth.open(referer="https://search.example/?q=solar")
        with travel("2026-11-25T10:00:00Z", tick=False):
            booth.fill_in(page, _page="https://acme.example/solar", universal_leadid="J-1")

        said = evidence(booth)
        assert said.pop("ip").startswith("10.")
        assert said.pop("at").startswith("2026-11-25T10:00:10")
        assert said == {
            "form": "quote",
            "form_version": 2,
            "text": "I agree to be called.",
            "ticked": True,
            "page_url": "https://acme.example/solar",
            "referrer": "https://search.example/?q=solar",
            "jornaya_leadid": "J-1",
        }

    def test_holds_the_text_that_was_shown(self, booth: Booth) -> None:
        page = booth.open()
        booth.set_up("I agree to be called.", "I agree to everything.")

        booth.fill_in(page)

        assert evidence(booth)["text"] == "I agree to be called."
        assert evidence(booth)["form_version"] == 2

    def test_tells_that_a_box_was_left_unticked(self, booth: Booth) -> None:
        booth.set_up("called., required: true", "called., required: false")

        booth.fill_in(_consent=None)

        assert evidence(booth)["ticked"] is False

    def test_is_kept_without_consent_as_well(self, booth: Booth) -> None:
        booth.set_up("    consent: {text: I agree to be called., required: true}\n")

        booth.fill_in(xxTrustedFormCertUrl="https://cert.trustedform.example/a\0b")

        said = evidence(booth)
        assert "ticked" not in said
        assert said["trustedform_url"] == "https://cert.trustedform.example/a\ufffdb"

    def test_is_short_however_long_it_was_sent(self, booth: Booth) -> None:
        booth.fill_in(_page="p" * 50_000)

        assert len(evidence(booth)["page_url"]) == 2_000

    def test_goes_with_the_lead(self, booth: Booth) -> None:
        booth.fill_in()
        lead = booth.leads()[0]

        erase = partial(erasing.erase_lead, account_id=lead.account_id, lead_id=lead.id)
        booth.run(partial(erase, leases=Leases(0), now=clock.now()))

        assert booth.leads()[0].consent is None


class TestATestSubmission:
    def test_is_a_test_lead_for_whoever_has_a_permit(self, booth: Booth) -> None:
        from headgate.services import form_filling
        from headgate.storage import accounts

        def permit() -> str:
            account = accounts.find("acme")
            assert account is not None
            return form_filling.test_permit(account_id=account.id, slug="quote", now=clock.now())

        page = booth.open(f"?test={booth.run(permit)}")
        answer = booth.fill_in(page)

        (lead,) = booth.leads()
        assert "This is a test" in page
        assert lead.test
        assert f'href="/leads/{lead.id}"' in answer.body.decode()

    def test_is_none_without_it(self, booth: Booth) -> None:
        page = booth.open("?test=yes")
        booth.fill_in(page)

        assert "This is a test" not in page
        assert not booth.leads()[0].test

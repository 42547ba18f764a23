"""A lead's page: its values, and the trace that says why it went where it went."""

from msgspec.structs import replace
from reception import DELIVERED, Reception, text_of

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
REFUSED = Sent(outcome=Outcome.REFUSED, ms=7, written=True, status=422, answer='{"no": "thanks"}')


class TestTheTrace:
    def test_says_where_the_lead_went_and_why(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", zip="90210")
        reception.answer()

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}/trace")

        assert "Went to Helios Homes because it was first by priority (3) of 2 eligible" in text

    def test_shows_the_failing_condition_with_the_leads_value(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", zip="10001")

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}/trace")

        assert "ZIP code starts with 90" in text
        assert "the lead has <b>10001</b>" in text
        assert "<code>all[0]</code>" in text
        assert "Partner paused" in text

    def test_reads_caps_with_their_reset_in_the_partners_zone(self, reception: Reception) -> None:
        reception.post_lead(first_name="First")
        lead_id = reception.post_lead(first_name="Second")

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}/trace")

        assert "1 of 25 today, resets 00:00 Europe/Berlin, 24 Nov" in text

    def test_goes_on_to_the_next_round(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", zip="90210")
        reception.answer(REFUSED)

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}/trace")

        assert "Round 2, because the partner refused it" in text
        assert "{&quot;no&quot;: &quot;thanks&quot;}" in text

    def test_escapes_a_hostile_answer(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")
        reception.answer(replace(DELIVERED, answer=HOSTILE, error=HOSTILE))

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}/trace")

        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text

    def test_of_a_duplicate_says_that_nobody_was_asked(self, reception: Reception) -> None:
        reception.post_lead(first_name="Ann", email="ann@example.com")
        lead_id = reception.post_lead(first_name="Ann", email="ann@example.com")

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}/trace")

        assert "It repeats an earlier lead, so no profile was asked." in text
        assert "the earlier lead</a>" in text

    def test_is_asked_for_again_only_while_a_try_is_near(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")
        client = reception.at_the_desk()

        trace, as_part = f"/leads/{lead_id}/trace", {"HX-Request": "true"}
        before = client.get(trace, headers=as_part).text
        reception.answer()
        after = client.get(trace, headers=as_part).text

        assert 'hx-trigger="every 2s"' in before
        assert "hx-trigger" not in after


class TestTheFields:
    def test_hide_encrypted_values(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann", ssn="078-05-1120")

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}")

        assert "Social security number" in text
        assert "•••" in text
        assert "078-05-1120" not in text

    def test_escape_hostile_values(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name=HOSTILE)

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}")

        assert "<script>alert" not in text
        assert "<img src=x" not in text

    def test_show_moments_in_the_accounts_zone(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")

        text = text_of(reception.at_the_desk(), f"/leads/{lead_id}")

        assert (
            '<time datetime="2026-11-23T10:00:00.000+00:00" title="2026-11-23 10:00:00.000 UTC">'
            "23 Nov 2026, 11:00:00</time>" in text
        )

"""For how many days things are kept, set in the console."""

from datetime import timedelta

import pytest
from reception import Reception, text_of

from headgate import clock
from headgate.domain.retention import Retention
from headgate.services import identity, setups

PAGE = "/settings/retention"


def kept(reception: Reception) -> Retention:
    return setups.in_force(reception.account_id).configuration.retention


class TestRetention:
    def test_is_saved_as_a_new_version(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        saved = client.post(PAGE, {"_seen": "1", "duplicates_days:number": "30"})

        assert saved.status_code == 302
        assert kept(reception) == Retention(duplicates_days=30)
        assert 'value="30"' in text_of(client, PAGE)

    def test_names_what_cannot_be(self, reception: Reception) -> None:
        refused = reception.at_the_desk().post(PAGE, {"_seen": "1", "leads_days:number": "0"})

        assert refused.status_code == 422
        assert "a whole number from 1 to 36,500" in refused.content.decode()

    def test_says_first_how_many_leads_would_go(
        self, reception: Reception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Ids begin with the lead's moment, not with one that an earlier test was at.
        monkeypatch.setattr(identity, "_last", (0, 0))
        reception.now = clock.now() - timedelta(days=40)
        reception.post_lead(first_name="Ann")
        client, said = reception.at_the_desk(), {"_seen": "1", "leads_days:number": "30"}

        asked = client.post(PAGE, said)
        before = kept(reception)
        agreed = client.post(PAGE, {**said, "_agreed": "yes"})

        assert "1 lead is older than that" in asked.content.decode()
        assert before == Retention()
        assert (agreed.status_code, kept(reception).leads_days) == (302, 30)

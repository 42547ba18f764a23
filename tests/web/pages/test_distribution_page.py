"""The distribution page: profiles in their order, and what can be done to each."""

from datetime import datetime

from reception import ACME, RON, Reception, text_of

from headgate.domain.profiles import Profile
from headgate.services import configuration, setups
from headgate.services.people import membership
from headgate.storage.people import Role

TWO = (
    ACME
    + b"""  - {slug: rest, entity: solar, name: The rest, strategy: weighted}
"""
)
SECRET = ACME.replace(
    b"{partner: helios, priority: 3}",
    b'{partner: helios, priority: 3, delivery: {channel: webhook, url: "https://own.example/",'
    b" auth: {type: bearer, token: open-sesame}}}",
)
PATH = "/distribution/profiles"


def apply(source: bytes, now: datetime) -> None:
    configuration.apply_configuration(
        source=source, account_slug="acme", trusted=True, made_by="test", now=now
    )


def profiles(reception: Reception) -> list[Profile]:
    return list(setups.in_force(reception.account_id).configuration.profiles)


class TestTheList:
    def test_says_what_each_profile_does(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), "/distribution")

        assert "Residential" in text
        assert "Every lead" in text
        assert "First match (waterfall)" in text
        assert text.index("Helios Homes") < text.index("SunPeak Energy")

    def test_leads_to_what_it_counts(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), "/distribution")

        link = "/deliveries?profile=residential&amp;state=delivered&amp;from="
        assert text.count(f'<a class="number" href="{link}') == 2

    def test_says_what_keeps_a_profile_from_running(
        self, reception: Reception, now: datetime
    ) -> None:
        apply(TWO, now)

        text = text_of(reception.at_the_desk(), "/distribution")

        assert "It has no partners yet." in text
        assert "Paused, so without leads" in text

    def test_names_the_next_step_when_empty(self, reception: Reception, now: datetime) -> None:
        apply(ACME[: ACME.index(b"profiles:")] + b"profiles: []", now)

        text = text_of(reception.at_the_desk(), "/distribution")

        assert "No profile for Solar leads yet" in text
        assert "/distribution/new?entity=solar" in text

    def test_asks_for_an_entity_where_there_is_none(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(RON), "/distribution")

        assert "There are no kinds of leads yet" in text

    def test_shows_the_picked_entity_alone(self, reception: Reception, now: datetime) -> None:
        apply(ACME.replace(b"partners:", b"  - {slug: roof, name: Roofs}\npartners:", 1), now)
        client = reception.at_the_desk()

        assert "No profile for Roofs yet" in text_of(client, "/distribution")
        assert "No profile for Roofs yet" not in text_of(client, "/distribution", entity="solar")


class TestAProfile:
    def test_is_switched_off_and_on(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        client.post(f"{PATH}/residential/switch", {"enabled": "no"})
        was_off = not profiles(reception)[0].enabled
        answer = client.post(f"{PATH}/residential/switch", {"enabled": "yes"}, follow=True)

        assert was_off
        assert profiles(reception)[0].enabled
        assert "Switched on." in answer.content.decode()

    def test_is_not_switched_on_before_it_is_ready(
        self, reception: Reception, now: datetime
    ) -> None:
        apply(TWO, now)

        answer = reception.at_the_desk().post(f"{PATH}/rest/switch", {"enabled": "yes"})

        assert answer.status_code == 409
        assert "It was not switched on" in answer.content.decode()
        assert not profiles(reception)[1].enabled

    def test_moves_among_its_entitys(self, reception: Reception, now: datetime) -> None:
        apply(TWO, now)
        client = reception.at_the_desk()

        client.post(f"{PATH}/rest/up")
        client.post(f"{PATH}/rest/up")

        assert [profile.slug for profile in profiles(reception)] == ["rest", "residential"]

    def test_is_copied_switched_off(self, reception: Reception) -> None:
        reception.at_the_desk().post(f"{PATH}/residential/copy")

        original, copy = profiles(reception)
        assert (copy.slug, copy.name, copy.enabled) == (
            "residential-2",
            "Residential (copy)",
            False,
        )
        assert copy.assignments == original.assignments

    def test_is_copied_without_the_secrets_of_its_partners(
        self, reception: Reception, now: datetime
    ) -> None:
        apply(SECRET, now)

        answer = reception.at_the_desk().post(f"{PATH}/residential/copy", follow=True)

        seat = profiles(reception)[1].assignments[0]
        assert (seat.delivery, seat.enabled) == (None, False)
        assert "Secrets are not copied" in answer.content.decode()

    def test_is_archived(self, reception: Reception) -> None:
        answer = reception.at_the_desk().post(f"{PATH}/residential/archive", follow=True)

        assert profiles(reception) == []
        assert "Its counts and history stay." in answer.content.decode()

    def test_is_its_accounts_own(self, reception: Reception) -> None:
        client = reception.at_the_desk(RON)

        answers = [
            client.post(f"{PATH}/residential/{act}").status_code
            for act in ("switch", "copy", "up", "down", "archive")
        ]

        assert answers == [404] * 5
        assert client.get(f"{PATH}/residential").status_code == 404

    def test_may_be_changed_by_members(self, reception: Reception, now: datetime) -> None:
        membership.create_user(
            account_id=reception.account_id,
            email="mem@acme.example",
            password="water-flows-down",
            role=Role.MEMBER,
            now=now,
        )

        reception.at_the_desk("mem@acme.example").post(
            f"{PATH}/residential/switch", {"enabled": "no"}
        )

        assert not profiles(reception)[0].enabled

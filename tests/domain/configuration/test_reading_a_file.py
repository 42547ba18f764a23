"""A file against the configuration in force: defaults, absent parts, references between parts."""

from pathlib import Path

import pytest

from headgate.domain.assignments import Assignment
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.value import Configuration
from headgate.domain.flaws import Flawed
from headgate.domain.partners import Partner
from headgate.domain.profiles import Profile
from headgate.domain.sources import Source

EXAMPLE = (Path(__file__).parent / "files" / "contract.yaml").read_text()
SMALL = """
version: 1
account: {slug: acme, timezone: UTC, currency: JPY}
entities: [{slug: solar, fields: [{key: zip_code, type: postcode}]}]
sources: [{slug: website, entity: solar}]
partners: [{slug: sun-peak}]
profiles: [{slug: main, entity: solar, assignments: [{partner: sun-peak}]}]
"""


def read(text: str, current: Configuration | None = None) -> Configuration:
    return read_configuration(read_document(text.encode()), current=current).configuration


def flaws_of(text: str, current: Configuration | None = None) -> dict[str, str]:
    with pytest.raises(Flawed) as refusal:
        read(text, current)
    return {flaw.place: flaw.message for flaw in refusal.value.flaws}


class TestAFile:
    def test_of_the_contract_is_read_whole(self) -> None:
        configuration = read(EXAMPLE)

        assert configuration.partners[0].name == "SunPeak Energy"
        assert configuration.profiles[0].assignments[0].price_minor == 1250

    def test_names_things_by_their_slugs_where_it_says_nothing(self) -> None:
        configuration = read(SMALL)

        assert configuration.entities[0].fields[0].label == "Zip code"
        assert configuration.sources == (Source("website", "solar", "Website"),)
        assert configuration.partners == (Partner("sun-peak", "Sun peak"),)

    def test_has_the_defaults_of_the_contract(self) -> None:
        (profile,) = read(SMALL).profiles

        seat = Assignment("sun-peak", "sun-peak")
        assert profile == Profile("main", "solar", "Main", True, 15, assignments=(seat,))

    def test_sends_to_all_without_exclusivity_and_for_a_day(self) -> None:
        text = SMALL.replace("slug: main,", "slug: main, strategy: send_to_all,")

        (profile,) = read(text).profiles

        assert (profile.exclusive, profile.give_up_minutes) == (False, 1440)

    @pytest.mark.parametrize(
        ("part", "place"),
        [
            ("entities: [{slug: a}, {slug: a}]", "entities[1].slug"),
            (
                "entities: [{slug: a}]\nsources: [{slug: w, entity: a}, {slug: w, entity: a}]",
                "sources[1].slug",
            ),
            ("partners: [{slug: p}, {slug: q}, {slug: p}]", "partners[2].slug"),
            (
                "entities: [{slug: a}]\npartners: [{slug: p}]\n"
                "profiles: [{slug: m, entity: a, assignments: [{partner: p}, {partner: p}]}]",
                "profiles[0].assignments[1].slug",
            ),
            ("partners:", "partners"),
            ("partners: {slug: p}", "partners"),
            ("partners: [p]", "partners[0]"),
            ("partners: [{1: x, slug: p}]", "partners[0]"),
            (
                "entities: [{slug: a, fields: [{key: k, type: choice, options: {1: One}}]}]",
                "entities[0].fields[0].options",
            ),
        ],
    )
    def test_refuses_objects_that_cannot_stand(self, part: str, place: str) -> None:
        head = "version: 1\naccount: {slug: acme, timezone: UTC, currency: USD}\n"

        assert list(flaws_of(head + part)) == [place]

    def test_lets_every_entity_have_its_own_api_source(self) -> None:
        configuration = read(
            SMALL.replace("[{slug: solar,", "[{slug: roof}, {slug: solar,").replace(
                "sources: [", "sources: [{slug: api, entity: roof}, {slug: api, entity: solar}, "
            )
        )

        assert [source.slug for source in configuration.sources] == ["api", "api", "website"]

    def test_needs_an_account_only_where_there_is_none(self) -> None:
        text = "version: 1\nforms: []"

        assert "account" in flaws_of(text)
        assert read(text, current=read(SMALL)) == read(SMALL)

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("{env: SUNPEAK_SECRET}", "hush-hush"),
            ("{env: SUNPEAK_SECRET}", "{env: hush-hush}"),
            ("{env: SMTP_PASSWORD}", "[hush-hush]"),
            ("{env: SMTP_PASSWORD}", '"hush\\nhush"'),
            ("{type: bearer, token: {env: SUNPEAK_TOKEN}}", "Bearer hush-hush"),
            ("{X-Api-Key: {env: SUNPEAK_KEY}}", '"X-Api-Key: hush-hush"'),
            ("https://partner.example/leads", "https://ann:hush-hush@partner.example"),
        ],
    )
    def test_never_shows_a_secret_in_a_message(self, right: str, wrong: str) -> None:
        assert right in EXAMPLE

        flaws = flaws_of(EXAMPLE.replace(right, wrong))

        assert len(flaws) == 1
        assert "hush" not in str(flaws)


class TestAnAbsentPart:
    def test_stays_as_it_is(self) -> None:
        current = read(SMALL)

        changed = read("version: 1\nsources: []", current)

        assert changed.sources == ()
        assert changed.profiles == current.profiles

    def test_is_judged_with_the_parts_that_are_there(self) -> None:
        current = read(EXAMPLE)

        flaws = flaws_of("version: 1\nentities: [{slug: solar, statuses: [New]}]", current)

        message = flaws["profiles[0].assignments[0].rules.any[0].all[0].field"]
        assert "`profiles` is not in the file" in message


class TestAWebhookForASource:
    @pytest.mark.parametrize("sources", ["", "sources: [],"])
    def test_names_whose_leads_it_hears_of(self, sources: str) -> None:
        webhook = f"""
webhooks:
  - {{slug: affiliate, url: "https://affiliate.example/", {sources} audience: source,
     secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA, events: [lead.received]}}
"""

        flaws = flaws_of(SMALL + webhook)

        assert list(flaws) == ["webhooks[0].sources"]

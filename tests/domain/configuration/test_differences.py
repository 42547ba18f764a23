"""The difference between two configurations, said to a broker."""

from pathlib import Path

import pytest
from generated_configurations import configurations
from hypothesis import given, settings

from headgate.domain.configuration.differences import differences
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.value import Configuration
from headgate.domain.identities import Identities
from headgate.domain.ids import AssignmentId, PartnerId, SourceId

EXAMPLE = (Path(__file__).parent / "files" / "contract.yaml").read_text()
SEAT = "Profile residential: partner sunpeak"


def read(text: str) -> Configuration:
    return read_configuration(read_document(text.encode()), current=None).configuration


def changed(*pairs: tuple[str, str]) -> tuple[str, ...]:
    text = EXAMPLE
    for right, other in pairs:
        assert right in text
        text = text.replace(right, other, 1)
    return differences(read(EXAMPLE), read(text))


class TestDifferences:
    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ("name: Acme Leads", "name: Acme", "Account's name Acme Leads → Acme"),
            ("port: 2525", "port: 25", "Email's SMTP port 2525 → 25"),
            (
                "entities:",
                "returns: {bounced: {credit: false}}\nentities:",
                "Rule for returns: bounced credit yes → no",
            ),
            (
                "entities:",
                "reports: [{to: [ann@acme.example], every: week}]\nentities:",
                "The report by partner to ann@acme.example, every week at 07:00, "
                "goes out from now on",
            ),
            (
                "zip, label: ZIP code,",
                "zip, label: Zip,",
                "Field zip of solar: label ZIP code → Zip",
            ),
            (
                "type: postcode",
                "type: postcode, required: true",
                "Field zip of solar becomes required",
            ),
            ("encrypted: true", "encrypted: false", "Field ssn of solar is no longer encrypted"),
            (
                "- {key: budget,",
                "- {key: x, type: url}\n      - {key: budget,",
                "Field x of solar is new",
            ),
            (
                "house: House, condo: Condo",
                "condo: Condo, house: House",
                "Field property_type of solar: the options now stand in the order condo, house",
            ),
            (
                "Won, Lost]",
                "Won]",
                "Entity solar's statuses New, Contacted, Qualified, Won, Lost → "
                "New, Contacted, Qualified, Won",
            ),
            (
                "within_days: 30",
                "within_days: 60",
                "Entity solar's duplicates the same email or phone "
                "within 30 days → the same email or phone within 60 days",
            ),
            ('cost: "2.00"', 'cost: "2.50"', "Source website's cost 2.00 → 2.50"),
            ("active: true", "active: false", "Partner sunpeak is no longer active"),
            (
                "active: true",
                "active: true\n    hold_open: true",
                "Partner sunpeak holds what is open while it is not active",
            ),
            (
                "{per: day, leads: 50}, ",
                "",
                "Partner sunpeak's caps 50 leads per day and 5000.00 USD "
                "per month → 5000.00 USD per month",
            ),
            ("enabled: true", "enabled: false", "Profile residential is disabled"),
            ('price: "10.00"', 'price: "11.00"', "Profile residential's price 10.00 → 11.00"),
            ('price: "12.50"', 'price: "10"', f"{SEAT}'s price 12.50 → 10.00"),
            ('price: "12.50"', "price: null", f"{SEAT}'s price 12.50 → none"),
            (
                'price: "12.50"',
                "price: '12.50'\n        price_tiers: "
                "[{after: 1, price: '9'}, {after: 9, price: '8'}]",
                f"{SEAT}'s price tiers none → 9.00 after 1 lead of a month and "
                "8.00 after 9 leads of a month",
            ),
            (
                "{all: [{field: status, op: equals, value: New}]}",
                "{}",
                "Profile residential's rules “Status is New” → every lead",
            ),
            (
                "url: https://partner.example/leads",
                "url: https://b.example",
                f"{SEAT}'s delivery url https://partner.example/leads → https://b.example",
            ),
            ("{env: SUNPEAK_KEY}", "s3cret", f"{SEAT}'s delivery headers X-Api-Key is given anew"),
            (
                "{env: SUNPEAK_KEY}",
                "{env: K}",
                f"{SEAT}'s delivery headers X-Api-Key is now read from the variable K",
            ),
            (
                "{type: bearer, token: {env: SUNPEAK_TOKEN}}",
                "null",
                f"{SEAT}'s delivery auth bearer → none",
            ),
            ("retry: standard", "retry: none", f"{SEAT}'s delivery retries standard → none"),
            ("title: Get a quote", "title: Quote", "Form quote's title Get a quote → Quote"),
            (
                "phone, zip], consent",
                "phone, {key: zip, label: Where, hidden: true, value: {param: z}}], consent",
                "Form quote's question for zip none → “Where”, hidden, filled from the parameter z",
            ),
        ],
    )
    def test_say_one_change_in_one_line(self, before: str, after: str, said: str) -> None:
        assert changed((before, after)) == (said,)

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ("a: b", "a: b, X-Key: k", "headers X-Key is set"),
            ("a: b, X-Key: k", "a: b", "headers X-Key is taken away"),
            ("a: b", "a: {env: A}", "headers a is now read from the variable A"),
            ("a: {env: A}", "a: b", "headers a is no longer a secret"),
            ("X-Key: k", "X-Key: {stored: true}", "headers X-Key stays as it is stored"),
            ("a: b, c: d", "c: d, a: b", "headers order a, c → c, a"),
        ],
    )
    def test_never_show_a_secret(self, before: str, after: str, said: str) -> None:
        head = "version: 1\naccount: {slug: a, timezone: UTC, currency: USD}\npartners:\n"
        sent = "delivery: {channel: webhook, url: https://a.example, headers: "

        old = read(f"{head}  - {{slug: p, {sent}{{{before}}}}}}}")
        new = read(f"{head}  - {{slug: p, {sent}{{{after}}}}}}}")

        assert differences(old, new) == (f"Partner p's delivery {said}",)

    def test_say_that_a_long_text_is_another(self) -> None:
        said = changed(('text: "I agree to be called."', f"text: {'a' * 200}b"))

        assert said[0].startswith("Form quote's consent text I agree to be called. → aaaa")
        assert len(said[0]) < 200

    def test_say_which_profile_now_runs_first(self) -> None:
        head = (
            "version: 1\naccount: {slug: a, timezone: UTC, currency: USD}\nentities: [{slug: e}]\n"
        )
        a, b = "{slug: a, entity: e}", "{slug: b, entity: e}"

        said = differences(read(f"{head}profiles: [{a}, {b}]"), read(f"{head}profiles: [{b}, {a}]"))

        assert said == ("Profile b now runs before a",)

    def test_warn_that_a_renamed_slug_is_a_new_object(self) -> None:
        said = changed(
            ("slug: sunpeak\n    name", "slug: sunny\n    name"),
            ("- partner: sunpeak", "- partner: sunny"),
        )

        assert said[:3] == (
            "Partner sunpeak is archived",
            "Partner sunny is new",
            "Warning: partner sunpeak is archived while sunny is new; "
            "a renamed slug is a new object, and its counts start again",
        )

    def test_say_that_what_was_archived_comes_back(self) -> None:
        known = Identities(
            sources={("solar", "api"): SourceId(1)},
            partners={"old": PartnerId(1)},
            assignments={("residential", "old"): AssignmentId(1)},
        )
        more = EXAMPLE.replace(
            "partners:\n",
            "partners:\n  - {slug: old, name: Old}\n  - {slug: other, name: Other}\n",
            1,
        ).replace("assignments:\n", "assignments:\n      - {partner: old, price: '9.00'}\n", 1)

        said = differences(read(EXAMPLE), read(more), known=known)

        assert said == (
            "Partner old comes back, with its counts",
            "Partner other is new",
            "Profile residential: assignment old comes back, with its counts",
        )

    def test_say_that_what_is_left_out_is_archived(self) -> None:
        current = read(EXAMPLE)
        without = read_configuration({"version": 1, "forms": []}, current=current).configuration

        assert "Form quote is archived" in differences(current, without)

    def test_list_everything_of_a_new_account(self) -> None:
        said = differences(None, read(EXAMPLE))

        assert said[0] == "Account acme is new"
        assert "Partner sunpeak is new" in said

    @settings(max_examples=40, deadline=None)
    @given(configurations())
    def test_are_none_to_itself(self, configuration: Configuration) -> None:
        assert differences(configuration, configuration) == ()

    @settings(max_examples=60, deadline=None)
    @given(configurations(), configurations())
    def test_are_some_between_two_that_differ(self, old: Configuration, new: Configuration) -> None:
        assert (differences(old, new) == ()) is (old == new)

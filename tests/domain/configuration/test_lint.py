"""What is allowed and still hardly meant."""

from pathlib import Path

import pytest

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.lint import Advice, lint

EXAMPLE = (Path(__file__).parent / "files" / "contract.yaml").read_text()
SOUND = EXAMPLE.replace("    max_partners: 3 ", "    #")
SEAT = "profiles[0].assignments[0]"
TWICE = (
    "- {partner: sunpeak, slug: second, priority: 10, delivery: {channel: inbox}}\n      - partner"
)


def advice_on(text: str) -> dict[str, str]:
    parsed = read_configuration(read_document(text.encode()), current=None)
    return {advice.place: advice.message for advice in lint(parsed.configuration)}


class TestLint:
    def test_has_nothing_to_say_of_a_sound_file(self) -> None:
        assert advice_on(SOUND) == {}

    @pytest.mark.parametrize(
        ("before", "after", "place", "said"),
        [
            ("enabled: true", "enabled: false", "entities[0]", "unmatched"),
            ("entities:", "entities:\n  - {slug: empty}", "entities[0].fields", "no fields"),
            ("leads: 5000", "leads: 0", "sources[0].caps[0]", "quarantined"),
            ("partners:", "partners:\n  - {slug: idle}", "partners[0]", "no profile has"),
            ("leads: 50}", "leads: 0}", "partners[0].caps[0]", "gets no lead"),
            (
                'mon: "09:00-17:00", sat: "10:00-12:00,13:00-15:00", ',
                "",
                "partners[0].hours",
                "never open",
            ),
            ("    duplicates:", "    #", "partners[0].duplicate_days", "no duplicates.match"),
            ("active: true", "active: false", f"{SEAT}.partner", "is not active"),
            (
                "        enabled: true",
                "        enabled: false",
                "profiles[0].assignments",
                "disabled",
            ),
            ("- partner", TWICE, "profiles[0].assignments", "waited longest"),
            ("leads: 10}", "leads: 0}", f"{SEAT}.caps[0]", "gets no lead"),
            (
                "caps: [{per: day, leads: 10}]",
                "caps: [{per: month, leads: 10}]\n        price_tiers: [{after: 10, price: '1'}]",
                f"{SEAT}.price_tiers[0]",
                "never reached",
            ),
            (
                "        enabled: true",
                "        price_tiers: [{after: 10, price: '12.50'}]",
                f"{SEAT}.price_tiers[0]",
                "the same",
            ),
            (
                "strategy: first_match",
                "strategy: round_robin\n    max_partners: 2",
                "profiles[0].max_partners",
                "one partner",
            ),
            (
                "[first_name, email, phone, zip], consent",
                "[email], consent",
                "forms[0].fields",
                "first_name",
            ),
            (
                "[first_name, email, phone, zip], consent",
                "[{key: first_name, hidden: true}], consent",
                "forms[0].fields[0]",
                "without the parameter first_name",
            ),
            ("  smtp:", "  #", "email.smtp", "SMTP is configured"),
        ],
    )
    def test_names_the_place(self, before: str, after: str, place: str, said: str) -> None:
        assert before in SOUND

        advice = advice_on(SOUND.replace(before, after, 1))

        assert said in advice[place]

    def test_asks_about_tiers_below_which_leads_are_free(self) -> None:
        free = SOUND.replace('    price: "10.00"', "    #").replace(
            'price: "12.50"', "price_tiers: [{after: 10, price: '1'}]"
        )

        said = advice_on(free)

        assert "first 10 leads of a month are free" in said[f"{SEAT}.price_tiers"]

    def test_asks_for_partners_in_an_enabled_profile(self) -> None:
        head, _, tail = SOUND.partition("    assignments:\n")
        text = head + "forms:" + tail.partition("\nforms:")[2]

        assert "has no partners" in advice_on(text)["profiles[0].assignments"]

    def test_asks_for_delivery_settings(self) -> None:
        seat = "- {partner: sunpeak2, priority: 3}\n      - partner"
        text = SOUND.replace("- partner", seat, 1).replace(
            "partners:", "partners:\n  - {slug: sunpeak2}", 1
        )

        assert f"{SEAT}.delivery" in advice_on(text)

    def test_says_that_weights_of_0_select_nobody(self) -> None:
        text = SOUND.replace("strategy: first_match", "strategy: weighted")

        advice = advice_on(text.replace("weight: 1", "weight: 0", 1))

        assert "every weight" in advice["profiles[0].assignments"]
        assert "never selected" in advice[f"{SEAT}.weight"]

    @pytest.mark.parametrize(
        "settings",
        [
            "{channel: webhook, url: https://a.example, template: '{{ lead.frist_name }}'}",
            "{channel: webhook, url: https://a.example, fields: {name: frist_name}}",
        ],
    )
    def test_checks_a_partners_webhook_too(self, settings: str) -> None:
        partner = f"partners:\n  - {{slug: p2, delivery: {settings}}}"
        text = SOUND.replace("partners:", partner, 1)

        seats = "- {partner: p2, priority: 3}\n      - partner"
        advice = advice_on(text.replace("- partner", seats, 1))

        assert "frist_name" in advice[f"{SEAT}.delivery"]

    def test_says_place_and_message(self) -> None:
        assert str(Advice("profiles[0]", "odd")) == "profiles[0]: odd"

    def test_checks_a_partners_templates_against_the_entities_it_serves(self) -> None:
        seat = "- {partner: sunpeak, slug: second, priority: 3}\n      - partner"
        text = SOUND.replace("- partner", seat, 1).replace(
            "lead.first_name }}", "lead.frist_name }}", 1
        )

        assert "frist_name" in advice_on(text)[f"{SEAT}.delivery"]

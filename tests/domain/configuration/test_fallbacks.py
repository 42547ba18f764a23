"""Several delivery settings: read as a list, written as one, kept apart by their secrets."""

from pathlib import Path
from typing import Any

import pytest

from headgate.domain.configuration.differences import differences
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.lint import lint
from headgate.domain.configuration.sealing import map_secrets, resolve_kept
from headgate.domain.configuration.value import Configuration
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.delivery_settings import DeliverySettings, Email, Portal, Webhook
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.partners import Partner
from headgate.domain.secrets import PlainSecret, SealedSecret

EXAMPLE = (Path(__file__).parent / "files" / "contract.yaml").read_text()
MAIL = "{channel: email, to: [leads@sunpeak.example]}"
HOOK = '{channel: webhook, url: "https://sunpeak.example/in", auth: {type: bearer, token: %s}}'
PLACE = "partners[0].delivery"


def with_delivery(written: str) -> str:
    """Return the example with the partner's delivery settings written so."""
    lines = [
        f"    delivery: {written}" if line.startswith("    delivery: {channel: email") else line
        for line in EXAMPLE.splitlines()
    ]
    return "\n".join(lines)


def read(written: str) -> Configuration:
    document = read_document(with_delivery(written).encode())
    return read_configuration(document, current=None).configuration


def partner_of(configuration: Configuration) -> Partner:
    return configuration.partners[0]


def kinds(settings: tuple[DeliverySettings, ...]) -> list[type]:
    return [type(each) for each in settings]


def sealed(secret: PlainSecret) -> SealedSecret:
    return SealedSecret(f"sealed {secret.value}")


def written(configuration: Configuration) -> Any:
    document = write_configuration(configuration)
    partners = document["partners"]
    assert isinstance(partners, list)
    return partners[0]["delivery"]


class TestAList:
    def test_is_the_settings_in_their_order(self) -> None:
        partner = partner_of(read(f"[{HOOK % 'abc'}, {MAIL}, {{channel: portal}}]"))

        assert kinds(partner.all_settings) == [Webhook, Email, Portal]
        assert partner.delivery == partner.all_settings[0]

    def test_of_one_is_the_same_as_a_mapping(self) -> None:
        assert read(f"[{MAIL}]") == read(MAIL)

    def test_is_written_as_a_mapping_where_there_is_one(self) -> None:
        assert written(read(f"[{MAIL}]"))["channel"] == "email"

    def test_is_written_as_a_list_where_there_are_several(self) -> None:
        both = written(read(f"[{{channel: inbox}}, {MAIL}]"))

        assert [each["channel"] for each in both] == ["inbox", "email"]

    @pytest.mark.parametrize(
        ("wrong", "place", "said"),
        [
            ("[]", PLACE, "a list has 1 to 4"),
            (f"[{', '.join([MAIL] * 5)}]", PLACE, "5 delivery settings"),
            (f"[{MAIL}, {{to: [a@b.example]}}]", f"{PLACE}[1].channel", "write one of"),
            (f"[{MAIL}, 7]", f"{PLACE}[1]", "write keys and values"),
            (
                "[{channel: inbox}, {channel: email, to: [a@b.example], digest: hourly}]",
                f"{PLACE}[1].digest",
                "waits for no digest",
            ),
            ("email", PLACE, "write keys and values"),
        ],
    )
    def test_names_what_is_wrong(self, wrong: str, place: str, said: str) -> None:
        with pytest.raises(Flawed) as refused:
            read(wrong)

        flaws = {flaw.place: flaw.message for flaw in refused.value.flaws}
        assert said in flaws[place]

    def test_may_begin_with_a_digest(self) -> None:
        digest = "{channel: email, to: [a@b.example], digest: hourly}"

        assert kinds(partner_of(read(f"[{digest}, {{channel: inbox}}]")).all_settings)[0] is Email


class TestSecrets:
    def test_are_kept_each_at_its_place(self) -> None:
        current = map_secrets(read(f"[{HOOK % 'one'}, {HOOK % 'two'}]"), sealed)
        flaws: list[Flaw] = []

        kept = resolve_kept(
            read(f"[{HOOK % '{stored: true}'}, {HOOK % '{stored: true}'}]"), current, flaws
        )

        assert flaws == []
        assert kept == current

    def test_of_the_first_are_kept_when_a_fall_back_joins(self) -> None:
        current = map_secrets(read(HOOK % "one"), sealed)
        flaws: list[Flaw] = []

        kept = resolve_kept(read(f"[{HOOK % '{stored: true}'}, {MAIL}]"), current, flaws)

        assert flaws == []
        assert partner_of(kept).delivery == partner_of(current).delivery

    def test_are_asked_for_with_their_place(self) -> None:
        current = map_secrets(read(HOOK % "one"), sealed)
        flaws: list[Flaw] = []

        resolve_kept(read(f"[{MAIL}, {HOOK % '{stored: true}'}]"), current, flaws)

        assert [flaw.place for flaw in flaws] == [f"{PLACE}[1].auth.token"]


class TestWords:
    def test_say_which_fall_backs_come_and_go(self) -> None:
        said = differences(read(MAIL), read(f"[{MAIL}, {HOOK % 'abc'}, {{channel: inbox}}]"))

        (line,) = said
        expected = "fall-backs none → webhook to sunpeak.example, test inbox"
        assert line == f"Partner sunpeak's {expected}"

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (f"[{{channel: portal}}, {MAIL}]", "never used"),
            (f"[{MAIL}, {MAIL}]", "the same settings"),
        ],
    )
    def test_advise_on_what_is_hardly_meant(self, given: str, said: str) -> None:
        advice = {each.place: each.message for each in lint(read(given))}

        assert said in advice[f"{PLACE}[1]"]

    def test_advise_on_a_template_at_its_place(self) -> None:
        broken = '{channel: webhook, url: "https://a.example/", template: "{"}'

        places = [each.place for each in lint(read(f"[{MAIL}, {broken}]"))]

        assert f"{PLACE}[1].template" in places

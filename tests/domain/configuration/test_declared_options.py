"""Delivery settings of channels that declare their options: read, written, compared, sealed."""

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from headgate.domain.channel_options import (
    HOST,
    ChannelOptions,
    Host,
    Nature,
    Template,
    nature,
    typed,
)
from headgate.domain.configuration.differences import differences
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.lint import lint
from headgate.domain.configuration.sealing import env_names, map_secrets, resolve_kept
from headgate.domain.configuration.value import Configuration
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.configuration.yaml_text import to_yaml
from headgate.domain.delivery_settings import FieldChoice, Other
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.secrets import EnvSecret, PlainSecret, SealedSecret, Secret


class Pager(ChannelOptions, frozen=True, kw_only=True):
    host: Host
    port: Annotated[int, Meta(ge=1), HOST] = 99
    token: Secret
    spare: Secret | None = None
    text: Template | None = None
    tone: Literal["loud", "soft"] = "soft"
    levels: tuple[Annotated[int, Meta(le=5)], ...] = ()
    share: float = 0.5
    fields: FieldChoice = FieldChoice()
    timeout_seconds: int = 20

    def __post_init__(self) -> None:
        if self.tone == "loud" and not self.levels:
            raise ValueError("a loud one needs levels")


OTHERS = {"pager": Pager}
FILE = """
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities: [{slug: solar, fields: [{key: name, type: text}, {key: zip, type: postcode}]}]
partners: [{slug: sunpeak}]
profiles:
  - slug: main
    entity: solar
    assignments:
      - partner: sunpeak
        delivery: {channel: pager, host: a.example, token: "t 1", %s}
"""
ALL = (
    'port: 7, spare: {env: SPARE}, text: "Hi {{ lead.name }}", tone: loud, levels: [1, 5],'
    " share: 0.25, fields: {Name: name}, timeout_seconds: 9, retry: [1, 2]"
)
PLACE = "profiles[0].assignments[0].delivery"


def read(more: str, file: str = FILE) -> Configuration:
    document = read_document((file % more).encode())
    return read_configuration(document, current=None, others=OTHERS).configuration


def settings(configuration: Configuration) -> Other:
    found = configuration.profiles[0].assignments[0].delivery
    assert isinstance(found, Other)
    return found


def flaws(more: str, file: str = FILE) -> dict[str, str]:
    with pytest.raises(Flawed) as refused:
        read(more, file)
    return {flaw.place: flaw.message for flaw in refused.value.flaws}


def sealed(secret: PlainSecret) -> SealedSecret:
    return SealedSecret(secret.value[::-1])


class TestReading:
    def test_gives_the_channels_own_struct(self) -> None:
        assert typed(settings(read(ALL)), Pager) == Pager(
            host="a.example",
            port=7,
            token=PlainSecret("t 1"),
            spare=EnvSecret("SPARE"),
            text="Hi {{ lead.name }}",
            tone="loud",
            levels=(1, 5),
            share=0.25,
            fields=FieldChoice((("Name", "name"),)),
            timeout_seconds=9,
        )

    def test_takes_the_channels_own_defaults(self) -> None:
        expected = Pager(host="a.example", token=PlainSecret("t 1"), timeout_seconds=20)

        assert typed(settings(read("")), Pager) == expected

    @pytest.mark.parametrize(
        ("written", "place", "said"),
        [
            ("hosst: x", ".hosst", "did you mean 'host'?"),
            ("port: 0", ".port", "`int` >= 1"),
            ('port: "7"', ".port", "Expected `int`, got `str`"),
            ("levels: [1, 6]", ".levels[1]", "`int` <= 5"),
            ("tone: shrill", ".tone", "'shrill'"),
            ("text: '{{ lead.nam }}'", ".text", "did you mean 'name'?"),
            ("spare: 7", ".spare", "a secret is text"),
            ("fields: [nam]", ".fields[0]", "did you mean 'name'?"),
            ("timeout_seconds: 0", ".timeout_seconds", "from 1 to 300"),
            ("retry: often", ".retry", "is not standard"),
            ("tone: loud", "", "a loud one needs levels"),
        ],
    )
    def test_names_the_place_and_the_fix(self, written: str, place: str, said: str) -> None:
        found = flaws(written)

        assert list(found) == [PLACE + place]
        assert said in found[PLACE + place]

    def test_asks_for_what_is_missing(self) -> None:
        found = flaws("", FILE.replace('host: a.example, token: "t 1",', ""))

        assert set(found) == {f"{PLACE}.host", f"{PLACE}.token"}

    def test_lists_what_is_installed(self) -> None:
        found = flaws("", FILE.replace("channel: pager", "channel: pagr"))

        assert found[f"{PLACE}.channel"] == (
            "'pagr' is not one of webhook, email, portal, inbox, pager, which are installed;"
            " did you mean 'pager'?"
        )


class TestWriting:
    @pytest.mark.parametrize("more", ["", ALL])
    def test_reads_as_the_same(self, more: str) -> None:
        current = map_secrets(read(more), sealed)

        text = to_yaml(write_configuration(current))

        parsed = read_configuration(read_document(text.encode()), current=None, others=OTHERS)
        noted: list[Flaw] = []
        assert resolve_kept(parsed.configuration, current, noted) == current
        assert noted == []
        assert "t 1" not in text

    def test_is_stored_and_loaded_without_the_package(self) -> None:
        stored = msgspec.json.encode(map_secrets(read(ALL), sealed))

        assert msgspec.json.decode(stored, type=Configuration) == map_secrets(read(ALL), sealed)


class TestComparing:
    @pytest.mark.parametrize(
        ("more", "line"),
        [
            ("port: 7", "port none → 7"),
            ("spare: {env: SPARE}", "spare is now read from the variable SPARE"),
            ("levels: [1, 2]", "levels none → 1, 2"),
            ("fields: [zip]", "fields all → zip"),
            ("retry: [1]", "retries standard → 1"),
        ],
    )
    def test_says_one_change_in_one_line(self, more: str, line: str) -> None:
        (said,) = differences(read(""), read(more))

        assert said == f"Profile main: partner sunpeak's delivery {line}"

    def test_never_shows_a_secret(self) -> None:
        changed = read("", FILE.replace("t 1", "t 2"))

        (said,) = differences(read(""), changed)

        assert said == "Profile main: partner sunpeak's delivery token is given anew"


class TestSecrets:
    def test_are_found_wherever_they_stand(self) -> None:
        assert env_names(read(ALL)) == {"SPARE"}
        assert dict(settings(map_secrets(read(""), sealed)).secrets)["token"] == sealed(
            PlainSecret("t 1")
        )

    @pytest.mark.parametrize(
        ("old", "new"), [("a.example", "evil.example"), ("token:", "port: 8, token:")]
    )
    def test_are_asked_for_again_when_they_would_go_elsewhere(self, old: str, new: str) -> None:
        current = map_secrets(read(""), sealed)
        file = FILE.replace('"t 1"', "{stored: true}").replace(old, new)
        noted: list[Flaw] = []

        resolve_kept(read("", file), current, noted)

        assert [(flaw.place, flaw.code) for flaw in noted] == [(f"{PLACE}.token", "host_changed")]


class TestAdvice:
    def test_names_a_field_that_shared_settings_miss(self) -> None:
        file = FILE.replace("slug: sunpeak}", "slug: sunpeak, delivery: {%s}}")
        shared = 'channel: pager, host: a, token: t, text: "{{ lead.age }}"'
        head, _, tail = file.partition("        delivery: {channel: pager, host: a.example")
        whole = head % shared + tail.partition("\n")[2]

        document = read_document(whole.encode())
        advice = lint(read_configuration(document, current=None, others=OTHERS).configuration)

        assert any("name age, which solar does not have" in each.message for each in advice)


class TestNature:
    @pytest.mark.parametrize(
        ("declared", "expected"),
        [
            (str, Nature.TEXT),
            (str | None, Nature.TEXT),
            (Secret | None, Nature.SECRET),
            (Template | None, Nature.TEMPLATE),
            (FieldChoice, Nature.CHOICE),
            (list[str], Nature.VALUE),
            (dict[str, str], Nature.VALUE),
            (int, Nature.VALUE),
        ],
    )
    def test_tells_one_text_from_several(self, declared: object, expected: Nature) -> None:
        assert nature(declared) is expected

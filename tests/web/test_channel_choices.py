"""What a channel declares becomes controls, also for a channel that nobody here has seen."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from msgspec import Meta

from headgate.channels.webhook.presets.twilio import Twilio
from headgate.domain.channel_options import HOST, ChannelOptions, Host, Template
from headgate.domain.delivery_settings import FieldChoice
from headgate.domain.secrets import Secret
from headgate.web.channel_choices import Option, choices, declared_options, keys_of


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Pager(ChannelOptions, frozen=True, kw_only=True):
    text: Template | None = None
    host: Host
    port: Annotated[int, Meta(ge=1), HOST] = 22
    token: Secret
    loud: bool = True
    level: Literal["low", "high"] = "low"
    colour: Colour = Colour.RED
    tags: list[str] | None = None
    names: dict[str, str] | None = None
    shape: list[dict[str, int]] | None = None
    fields: FieldChoice = FieldChoice()


class TestOptions:
    @pytest.mark.parametrize(
        ("key", "kind", "control", "default"),
        [
            ("text", "verbatim", "textarea", ""),
            ("host", "", "text", ""),
            ("port", "number", "text", 22),
            ("token", "secret", "password", ""),
            ("loud", "flag", "tick", True),
            ("level", "", "select", "low"),
            ("colour", "", "select", Colour.RED),
            ("tags", "lines", "textarea", ""),
            ("names", "pairs", "textarea", ""),
            ("shape", "json", "carried", ""),
        ],
    )
    def test_have_the_control_of_their_type(
        self, key: str, kind: str, control: str, default: object
    ) -> None:
        (option,) = (each for each in declared_options("pager", Pager) if each.key == key)

        assert (option.kind, option.type, option.default) == (kind, control, default)

    def test_stand_in_the_order_in_which_they_are_needed(self) -> None:
        keys = [option.key for option in declared_options("pager", Pager)]

        assert keys[:3] == ["host", "token", "text"]

    def test_offer_what_may_be_chosen(self) -> None:
        listed = {each.key: each.choices for each in declared_options("pager", Pager)}

        assert listed["level"] == [("low", "low"), ("high", "high")]
        assert listed["colour"] == [("red", "red"), ("blue", "blue")]

    def test_go_by_the_names_of_the_file(self) -> None:
        options: list[Option] = declared_options("twilio", Twilio)

        assert "from" in [option.key for option in options]
        assert "timeout_seconds" not in [option.key for option in options]


class TestChannels:
    def test_are_all_that_are_installed(self) -> None:
        names = [name for name, _ in choices()]

        assert names[:4] == ["webhook", "email", "portal", "inbox"]
        assert "slack" in names

    def test_say_nothing_when_they_are_gone(self) -> None:
        assert keys_of("carrier-pigeon") == ()

"""Which channels there are, when packages bring good ones and broken ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from headgate.channels import registry
from headgate.domain.channel_options import BadOptions
from headgate.domain.delivery_settings import Other

CODE = """
from msgspec import Struct
from headgate.domain.channel_options import ChannelOptions
from headgate.domain.secrets import Secret

class Options(ChannelOptions, frozen=True, kw_only=True):
    level: int

class Request(Struct):
    body: bytes

class Good:
    options_type, request_type = Options, Request
    def render(self, settings, facts, *, secret_of, body=None): ...
    def shown(self, request): ...
    def open(self, reach): ...

class WithoutOptions(Good):
    options_type = dict

class Nested(Struct):
    deeper: "Nested | None"
    token: Secret

class Hidden(ChannelOptions, frozen=True, kw_only=True):
    accounts: list[Nested]

class Careless(Good):
    options_type = Hidden

class Taken(ChannelOptions, frozen=True, kw_only=True):
    retry: int

class Greedy(Good):
    options_type = Taken

class Half:
    options_type = Options
"""
ENTRIES = """
[headgate.channels]
pager = odd_channels:Good
webhook = odd_channels:Good
portal = odd_channels:Good
Bad Name = odd_channels:Good
half = odd_channels:Half
untyped = odd_channels:WithoutOptions
gone = odd_channels:Nothing
careless = odd_channels:Careless
greedy = odd_channels:Greedy
away = no_such_module:Good
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "odd_channels.py").write_text(CODE)
    about = tmp_path / "odd_channels-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-channels\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(tmp_path)
    registry.installed.cache_clear()
    yield
    registry.installed.cache_clear()


@pytest.mark.usefixtures("packages")
class TestInstalled:
    def test_has_a_packages_channel_beside_the_built_in_ones(self) -> None:
        found = registry.installed().channels

        assert set(found) == {*registry.BUILT_IN, "pager"}

    def test_lets_no_package_take_a_built_in_name(self) -> None:
        assert registry.channel("webhook") is registry.BUILT_IN["webhook"]

    def test_says_why_a_channel_is_left_out(self) -> None:
        broken = registry.installed().broken

        assert {name: why.partition(":")[0] for name, why in broken.items()} == {
            "portal": "BadChannel",
            "Bad Name": "BadChannel",
            "half": "BadChannel",
            "untyped": "BadChannel",
            "gone": "AttributeError",
            "careless": "BadDeclaration",
            "greedy": "BadDeclaration",
            "away": "ModuleNotFoundError",
        }

    def test_names_the_reason_to_whoever_asks_for_it(self) -> None:
        with pytest.raises(registry.NoSuchChannel, match="no_such_module"):
            registry.channel("away")

    def test_names_what_there_is(self) -> None:
        with pytest.raises(registry.NoSuchChannel, match="installed are webhook, email, slack"):
            registry.channel("fax")


@pytest.mark.usefixtures("packages")
class TestOptionsOf:
    def test_are_the_channels_own_struct(self) -> None:
        options = registry.options_of(Other("pager", {"level": 3}, timeout_seconds=7))

        assert (type(options).__name__, options.timeout_seconds) == ("Options", 7)

    def test_are_refused_when_they_are_of_another_release(self) -> None:
        with pytest.raises(BadOptions, match="level"):
            registry.options_of(Other("pager", {"volume": 3}))

"""Secrets are sealed, kept from the version before, and asked for again for another host."""

from pathlib import Path

import pytest
from generated_configurations import configurations
from hypothesis import given, settings

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.sealing import (
    env_names,
    keep_unchanged,
    map_secrets,
    resolve_kept,
)
from headgate.domain.configuration.value import Configuration
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.delivery_settings import BearerAuth, Webhook
from headgate.domain.flaws import Flaw
from headgate.domain.secrets import PlainSecret, SealedSecret

EXAMPLE = (Path(__file__).parent / "files" / "contract.yaml").read_text()
PLAIN = EXAMPLE.replace("{env: SUNPEAK_KEY}", "abc").replace("{env: SUNPEAK_TOKEN}", "xyz")
KEPT = EXAMPLE.replace("{env: SUNPEAK_KEY}", "{stored: true}").replace(
    "{env: SUNPEAK_TOKEN}", "{stored: true}"
)
SENT = "profiles[0].assignments[0].delivery"


def read(text: str) -> Configuration:
    return read_configuration(read_document(text.encode()), current=None).configuration


def sealed(secret: PlainSecret) -> SealedSecret:
    return SealedSecret(f"sealed {secret.value}")


def opened(secret: SealedSecret) -> str:
    return secret.ciphertext.removeprefix("sealed ")


def webhook_of(configuration: Configuration) -> Webhook:
    webhook = configuration.profiles[0].assignments[0].delivery
    assert isinstance(webhook, Webhook)
    return webhook


CURRENT = map_secrets(read(PLAIN), sealed)


class TestMapSecrets:
    def test_seals_every_secret_in_clear(self) -> None:
        webhook = webhook_of(CURRENT)

        assert webhook.headers == (("X-Api-Key", SealedSecret("sealed abc")),)
        assert webhook.auth == BearerAuth(SealedSecret("sealed xyz"))

    @settings(max_examples=30, deadline=None)
    @given(configurations())
    def test_changes_nothing_else(self, configuration: Configuration) -> None:
        assert map_secrets(configuration, sealed) == configuration


class TestEnvNames:
    def test_lists_every_variable(self) -> None:
        assert env_names(read(EXAMPLE)) == {
            "SMTP_PASSWORD",
            "IMAP_PASSWORD",
            "SUNPEAK_KEY",
            "SUNPEAK_TOKEN",
            "SUNPEAK_SECRET",
        }


class TestAKeptSecret:
    def test_is_what_is_stored_at_its_place(self) -> None:
        flaws: list[Flaw] = []

        resolved = resolve_kept(read(KEPT), CURRENT, flaws)

        assert flaws == []
        assert resolved == CURRENT

    def test_stays_with_its_slugs_when_things_move(self) -> None:
        flaws: list[Flaw] = []
        first = "profiles:\n  - {slug: first, entity: solar}"
        moved = read(KEPT.replace("profiles:", first, 1).replace("X-Api-Key", "X-API-KEY"))

        resolved = resolve_kept(moved, CURRENT, flaws)

        webhook = resolved.profiles[1].assignments[0].delivery
        assert flaws == []
        assert isinstance(webhook, Webhook)
        assert webhook.headers == (("X-API-KEY", SealedSecret("sealed abc")),)

    @pytest.mark.parametrize(
        "current",
        [None, read(SMALL := "version: 1\naccount: {slug: a, timezone: UTC, currency: USD}")],
    )
    def test_must_be_stored(self, current: Configuration | None) -> None:
        flaws: list[Flaw] = []

        resolve_kept(read(KEPT), current, flaws)

        assert [flaw.place for flaw in flaws] == [f"{SENT}.headers.X-Api-Key", f"{SENT}.auth.token"]

    @pytest.mark.parametrize(
        "url",
        [
            "https://other.example/leads",
            "https://partner.example:8443/leads",
            "http://partner.example/leads",
        ],
    )
    def test_is_asked_for_again_when_it_would_go_elsewhere(self, url: str) -> None:
        flaws: list[Flaw] = []
        changed = KEPT.replace("https://partner.example/leads", url)

        resolve_kept(read(changed), CURRENT, flaws)

        assert {flaw.code for flaw in flaws} == {"host_changed"}
        assert len(flaws) == 2

    @pytest.mark.parametrize(
        "url", ["https://partner.example/v2", "https://PARTNER.example:443/leads?a=b"]
    )
    def test_may_go_to_another_page_of_the_same_host(self, url: str) -> None:
        flaws: list[Flaw] = []
        changed = KEPT.replace("https://partner.example/leads", url)

        resolve_kept(read(changed), CURRENT, flaws)

        assert flaws == []

    def test_of_a_mail_server_is_asked_for_again_with_another_host(self) -> None:
        flaws: list[Flaw] = []
        changed = EXAMPLE.replace("{env: SMTP_PASSWORD}", "{stored: true}").replace(
            "host: 127.0.0.1, port: 2525", "host: mail.example, port: 2525"
        )

        resolve_kept(read(changed), CURRENT, flaws)

        assert [flaw.place for flaw in flaws] == ["email.smtp.password"]

    def test_of_oauth2_goes_nowhere_else_by_either_address(self) -> None:
        auth = "{type: oauth2, token_url: 'https://id.example/t', client_id: a, client_secret: b}"
        bearer = "{type: bearer, token: {env: SUNPEAK_TOKEN}}"
        current = map_secrets(read(EXAMPLE.replace(bearer, auth)), sealed)
        kept = auth.replace("id: a", "id: {stored: true}").replace(" b}", " {stored: true}}")
        flaws: list[Flaw] = []

        for changed in (kept.replace("id.example", "evil.example"), kept):
            text = EXAMPLE.replace(bearer, changed)
            text = (
                text.replace("https://partner.example", "https://p2.example")
                if (changed is kept)
                else text
            )
            resolve_kept(read(text), current, flaws)

        assert [flaw.code for flaw in flaws] == ["host_changed"] * 4


class TestASecretInClear:
    def test_that_is_already_stored_changes_nothing(self) -> None:
        again = keep_unchanged(read(PLAIN), CURRENT, opened)

        assert again == CURRENT

    def test_that_is_new_stays_in_clear(self) -> None:
        changed = keep_unchanged(read(PLAIN.replace("xyz", "other")), CURRENT, opened)

        assert webhook_of(changed).auth == BearerAuth(PlainSecret("other"))

    def test_is_never_exported(self) -> None:
        for configuration in (read(PLAIN), CURRENT):
            assert "abc" not in str(write_configuration(configuration))

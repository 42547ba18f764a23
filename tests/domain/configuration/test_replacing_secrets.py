"""Two signing secrets stand side by side while a partner takes the new one."""

from pathlib import Path

import pytest

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.sealing import map_secrets, resolve_kept
from headgate.domain.configuration.value import Configuration
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.delivery_settings import Webhook
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.secrets import EnvSecret, PlainSecret, SealedSecret, Secret

EXAMPLE = (Path(__file__).parent / "files" / "contract.yaml").read_text()
PLACE = "profiles[0].assignments[0].delivery.secret"
OLD = "whsec_" + "b2xk" * 8
NEW = "whsec_" + "bmV3" * 8
KEPT = "{stored: true}"


def read(secret: str) -> Configuration:
    text = EXAMPLE.replace("secret: {env: SUNPEAK_SECRET}", f"secret: {secret}")
    return read_configuration(read_document(text.encode()), current=None).configuration


def secrets_of(configuration: Configuration) -> tuple[Secret | None, Secret | None]:
    webhook = configuration.profiles[0].assignments[0].delivery
    assert isinstance(webhook, Webhook)
    return webhook.secret, webhook.old_secret


def stored(secret: str) -> Configuration:
    return map_secrets(read(secret), lambda plain: SealedSecret(plain.value))


def kept(given: str, current: str) -> tuple[Secret | None, Secret | None]:
    flaws: list[Flaw] = []
    resolved = resolve_kept(read(given), stored(current), flaws)
    assert [flaw.place for flaw in flaws if flaw.place.startswith(PLACE)] == []
    return secrets_of(resolved)


class TestTwoSecrets:
    def test_are_the_new_one_and_the_old_one(self) -> None:
        assert secrets_of(read(f"[{NEW}, {{env: OLD}}]")) == (PlainSecret(NEW), EnvSecret("OLD"))

    def test_of_which_one_is_missing_are_one(self) -> None:
        assert read(f"[{NEW}]") == read(NEW)

    def test_keep_the_only_one_as_the_old_one(self) -> None:
        assert kept(f"[{NEW}, {KEPT}]", OLD) == (PlainSecret(NEW), SealedSecret(OLD))

    def test_stay_as_they_are_when_both_are_kept(self) -> None:
        both = kept(f"[{KEPT}, {KEPT}]", f"[{NEW}, {OLD}]")

        assert both == (SealedSecret(NEW), SealedSecret(OLD))

    def test_leave_the_new_one_alone_in_the_end(self) -> None:
        assert kept(KEPT, f"[{NEW}, {OLD}]") == (SealedSecret(NEW), None)

    def test_are_exported_as_a_list(self) -> None:
        document = write_configuration(stored(f"[{NEW}, {OLD}]"))

        text = str(document)
        assert "'secret': [{'stored': True}, {'stored': True}]" in text
        assert OLD not in text

    @pytest.mark.parametrize(
        ("wrong", "place", "said"),
        [
            ("[]", PLACE, "the new one, then the old one"),
            (f"[{NEW}, {OLD}, {OLD}]", PLACE, "3 secrets"),
            (f"[{NEW}, short]", f"{PLACE}[1]", "a signing secret is"),
            (f'[{NEW}, ""]', f"{PLACE}[1]", "nothing stands here"),
        ],
    )
    def test_are_refused_where_they_are_none(self, wrong: str, place: str, said: str) -> None:
        with pytest.raises(Flawed) as refused:
            read(wrong)

        flaws = {flaw.place: flaw.message for flaw in refused.value.flaws}
        assert said in flaws[place]

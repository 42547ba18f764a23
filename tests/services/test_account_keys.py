"""The installation key and the account's: what they seal, and what is refused without them."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from headgate.domain.secrets import PlainSecret
from headgate.services import sealing
from headgate.services.installation import NoKey, WrongKey, open_installation
from headgate.services.sealing import Unopenable
from headgate.storage import installation as stored


@pytest.fixture(autouse=True)
def locked_again(request: pytest.FixtureRequest) -> Iterator[None]:
    before = sealing._installation
    yield
    sealing._installation = before


def vault_under(key: str) -> sealing.Vault:
    sealing.unlock(key)
    return sealing.open_vault(sealing.new_wrapped_key())


class TestVault:
    @pytest.mark.parametrize("plain", [b"", b"078-05-1120", bytes(range(256))])
    def test_opens_what_it_sealed(self, plain: bytes) -> None:
        vault = vault_under("key")

        assert vault.open(vault.seal(plain)) == plain

    def test_never_seals_the_same_twice(self) -> None:
        vault = vault_under("key")

        assert vault.seal(b"same") != vault.seal(b"same")

    def test_shows_nothing_of_what_it_sealed(self) -> None:
        assert b"078-05-1120" not in vault_under("key").seal(b"078-05-1120")

    @pytest.mark.parametrize("at", [0, 1, 13, -1])
    def test_refuses_what_was_tampered_with(self, at: int) -> None:
        vault = vault_under("key")
        sealed = bytearray(vault.seal(b"plain"))
        sealed[at] ^= 1

        with pytest.raises(Unopenable):
            vault.open(bytes(sealed))

    @pytest.mark.parametrize("damaged", [b"", b"\x01", b"\x01" + b"n" * 12])
    def test_refuses_what_was_cut(self, damaged: bytes) -> None:
        with pytest.raises(Unopenable):
            vault_under("key").open(damaged)

    def test_refuses_another_accounts_values(self) -> None:
        sealed = vault_under("key").seal(b"plain")

        with pytest.raises(Unopenable):
            vault_under("key").open(sealed)

    def test_is_not_opened_under_another_installation_key(self) -> None:
        sealing.unlock("one")
        wrapped = sealing.new_wrapped_key()
        sealing.unlock("another")

        with pytest.raises(Unopenable):
            sealing.open_vault(wrapped)

    def test_seals_secrets_as_text(self) -> None:
        vault = vault_under("key")

        sealed = vault.seal_secret(PlainSecret("påss"))

        assert vault.open_secret(sealed) == "påss"
        assert "påss" not in sealed.ciphertext

    def test_tells_equal_match_values_by_digests_of_its_own(self) -> None:
        mine, other = vault_under("key"), vault_under("key")

        assert mine.match_digest("ann") == mine.match_digest("ann")
        assert mine.match_digest("ann") != mine.match_digest("bob")
        assert mine.match_digest("ann") != other.match_digest("ann")


class TestFingerprint:
    def test_tells_keys_apart_without_telling_them(self) -> None:
        assert sealing.fingerprint("one") == sealing.fingerprint("one")
        assert sealing.fingerprint("one") != sealing.fingerprint("two")
        assert "one" not in sealing.fingerprint("one")


def test_nothing_is_sealed_while_no_key_was_given() -> None:
    sealing._installation = None

    with pytest.raises(sealing.Locked):
        sealing.new_wrapped_key()


@pytest.mark.usefixtures("database")
class TestOpeningAnInstallation:
    def test_makes_and_keeps_a_key_for_a_new_database(self, now: datetime) -> None:
        kept: list[str] = []

        key = open_installation(given_key="", keep_key=kept.append, now=now)

        assert kept == [key]
        assert stored.find_fingerprint() == sealing.fingerprint(key)

    def test_takes_the_given_key_for_a_new_database(self, now: datetime) -> None:
        kept: list[str] = []

        open_installation(given_key="mine", keep_key=kept.append, now=now)

        assert (kept, stored.find_fingerprint()) == ([], sealing.fingerprint("mine"))

    def test_forgets_nothing_when_the_key_cannot_be_kept(self, now: datetime) -> None:
        def full(key: str) -> None:
            raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            open_installation(given_key="", keep_key=full, now=now)

        assert stored.find_fingerprint() is None

    def test_opens_again_under_the_same_key(self, now: datetime) -> None:
        open_installation(given_key="mine", keep_key=print, now=now)

        assert open_installation(given_key="mine", keep_key=print, now=now) == "mine"

    def test_refuses_to_open_without_the_key(self, now: datetime) -> None:
        open_installation(given_key="mine", keep_key=print, now=now)

        with pytest.raises(NoKey):
            open_installation(given_key="", keep_key=print, now=now)

    def test_refuses_another_key_and_keeps_it_out(self, now: datetime) -> None:
        open_installation(given_key="mine", keep_key=print, now=now)
        sealed = sealing.new_wrapped_key()

        with pytest.raises(WrongKey):
            open_installation(given_key="other", keep_key=print, now=now)

        assert sealing.open_vault(sealed)

"""A configuration file is read and checked against what is in force, before anything changes."""

import msgspec
from msgspec import Struct

from headgate.channels import registry
from headgate.domain.configuration import sealing as secrets_of
from headgate.domain.configuration.differences import differences
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.value import Configuration
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId
from headgate.services import sealing
from headgate.storage import accounts, ledger, setup

_decoder = msgspec.json.Decoder(Configuration)


class BasedOnAnother(Exception):
    """The file was exported from a version that is no longer in force."""

    def __init__(self, based_on: int, version: int, changes: tuple[str, ...]) -> None:
        self.based_on = based_on
        self.version = version
        self.changes = changes
        super().__init__(
            f"the file is based on version {based_on}, but version {version} is in force; "
            "export again and make your changes there, or force it (--force; over HTTP ?force=true)"
        )


class Drafted(Struct, frozen=True):
    """What a file would put in force, beside what is; both are None for a new account."""

    account: accounts.Account | None
    current: Configuration | None
    configuration: Configuration

    @property
    def version(self) -> int:
        """Return the version in force, 0 where there is none."""
        return self.account.config_version if self.account else 0


def draft_configuration(
    *, source: bytes, account_slug: str | None, trusted: bool, force: bool = False
) -> Drafted:
    """Read a file, with the secrets that it keeps; nothing is written.

    `trusted` files (from the command line) may name environment variables that the account
    does not use yet. `account_slug` is the account that the caller may change, None for any.

    :raises Flawed: with every flaw of the file.
    :raises BasedOnAnother: unless `force`.
    """
    document = read_document(source)
    account = account_of(document, account_slug)
    current = _current(account)
    parsed = read_configuration(document, current=current, others=registry.option_types())
    flaws: list[Flaw] = []
    configuration = secrets_of.resolve_kept(parsed.configuration, current, flaws)
    if account is not None and configuration.account.slug != account.slug:
        message = f"this account is {account.slug!r}; its slug cannot change"
        flaws.append(Flaw("account.slug", "other_account", message))
    if not trusted:
        flaws += _new_variables(configuration, current)
    flaws += other_currency(account, configuration)
    if flaws:
        raise Flawed(flaws)
    if account is not None and current is not None:
        if parsed.based_on not in (None, account.config_version) and not force:
            based_on = parsed.based_on or 0
            moved = _moved_since(account, based_on, current)
            raise BasedOnAnother(based_on, account.config_version, moved)
        vault = sealing.open_vault(account.wrapped_key)
        configuration = secrets_of.keep_unchanged(configuration, current, vault.open_secret)
    return Drafted(account, current, configuration)


def load(account_id: AccountId, version: int) -> Configuration:
    """:raises VersionNotFound:"""
    return _decoder.decode(setup.get_document(account_id, version))


def account_of(document: object, account_slug: str | None) -> accounts.Account | None:
    """Return the account that the caller names, or that the file does."""
    if account_slug is not None:
        account = accounts.find(account_slug)
        if account is None:
            raise accounts.AccountNotFound(f"there is no account {account_slug!r}")
        return account
    named = document.get("account") if isinstance(document, dict) else None
    slug = named.get("slug") if isinstance(named, dict) else None
    if isinstance(slug, str):
        return accounts.find(slug)
    everyone = accounts.list_all()
    return everyone[0] if named is None and len(everyone) == 1 else None


def _current(account: accounts.Account | None) -> Configuration | None:
    if account is None or account.config_version == 0:
        return None
    return load(account.id, account.config_version)


def _new_variables(new: Configuration, current: Configuration | None) -> list[Flaw]:
    known = secrets_of.env_names(current) if current else frozenset()
    return [
        Flaw(
            name,
            "new_variable",
            f"the account does not use the environment variable {name} yet; "
            "apply it from the command line once",
        )
        for name in sorted(secrets_of.env_names(new) - known)
    ]


def other_currency(account: accounts.Account | None, new: Configuration) -> list[Flaw]:
    """Refuse a currency in which what was charged already would mean something else."""
    if account is None or new.account.currency == account.currency:
        return []
    if not ledger.has_entries(account.id):
        return []
    message = f"money was charged in {account.currency} already; the currency cannot change"
    return [Flaw("account.currency", "currency_in_use", message)]


def _moved_since(
    account: accounts.Account, based_on: int, current: Configuration
) -> tuple[str, ...]:
    try:
        return differences(load(account.id, based_on), current)
    except setup.VersionNotFound:
        return ()

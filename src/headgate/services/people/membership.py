"""Users are made: with a role in an account, or as the first owner by a one-time link."""

import hashlib
import secrets
from datetime import datetime, timedelta
from importlib.resources import files

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from headgate.domain.audit import COMMAND_LINE, Action
from headgate.domain.configuration.value import Account
from headgate.domain.ids import AccountId, UserId
from headgate.services import audit, configuration
from headgate.storage import accounts, people
from headgate.storage.people import Role

SET_UP_LINK_LIVES = timedelta(hours=1)


class BadEmail(ValueError):
    """The text is not an email address."""


class EmailTaken(Exception):
    """There is a user with this address already."""


class WeakPassword(ValueError):
    """The password would be guessed; the message says what is wrong with it."""


class SetUpLinkVoid(Exception):
    """The link was used, is too old, or never was one."""


def create_user(
    *,
    account_id: AccountId,
    email: str,
    password: str,
    role: Role,
    by: str = COMMAND_LINE,
    now: datetime,
) -> UserId:
    """:raises BadEmail, WeakPassword, EmailTaken:"""
    address = checked_email(email)
    password_hash = checked_password(password)
    with transaction.atomic():
        user_id = _add_user(address, password_hash, now)
        people.add_member(account_id, user_id, role, now=now)
        _note(account_id, address, role, by=by, now=now)
    return user_id


def open_set_up(*, now: datetime) -> str | None:
    """Return the token of a new set-up link, or None where there is an owner already."""
    if people.has_owner():
        return None
    token = secrets.token_urlsafe(24)
    people.add_set_up_link(digest_of(token), expires_at=now + SET_UP_LINK_LIVES)
    return token


def set_up_is_open(*, token: str, now: datetime) -> bool:
    return not people.has_owner() and people.stands_set_up_link(digest_of(token), now=now)


def create_first_owner(
    *,
    token: str,
    email: str,
    password: str,
    account: Account,
    with_example: bool = False,
    now: datetime,
) -> UserId:
    """Make the installation's first owner, of every account there is.

    `account` is made where there is none yet, with an example to try if that is wanted.

    :raises SetUpLinkVoid, BadEmail, WeakPassword, EmailTaken: nothing is made, and the link stands.
    """
    address = checked_email(email)
    password_hash = checked_password(password)
    with transaction.atomic():
        if not people.use_set_up_link(digest_of(token), now=now) or people.has_owner():
            raise SetUpLinkVoid("this set-up link was used or is too old; restart for a new one")
        standing = accounts.list_all() or [
            _create_account(account, made_by=address, with_example=with_example, now=now)
        ]
        user_id = _add_user(address, password_hash, now)
        for each in standing:
            people.add_member(each.id, user_id, Role.OWNER, now=now)
            _note(each.id, address, Role.OWNER, by=address, now=now)
    return user_id


def _create_account(
    account: Account, *, made_by: str, with_example: bool, now: datetime
) -> accounts.Account:
    created = configuration.create_account(account=account, made_by=made_by, now=now)
    if with_example:
        configuration.apply_configuration(
            source=files("headgate.services").joinpath("example.yaml").read_bytes(),
            account_slug=created.slug,
            trusted=False,
            made_by=made_by,
            now=now,
        )
    return created


def normal_email(email: str) -> str:
    """Return the one spelling under which an address is stored and looked for."""
    return email.strip().lower()


def checked_email(email: str) -> str:
    """:raises BadEmail:"""
    address = normal_email(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadEmail(f"{email!r} is not an email address such as ann@example.com") from error
    return address


def checked_password(password: str) -> str:
    """Return the hash of a password that holds.

    :raises WeakPassword:
    """
    try:
        validate_password(password)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from error
    return make_password(password)


def _add_user(address: str, password_hash: str, now: datetime) -> UserId:
    try:
        with transaction.atomic():
            return people.add_user(address, password_hash=password_hash, now=now)
    except IntegrityError as error:
        raise EmailTaken(f"there is a user with the address {address} already") from error


def digest_of(token: str) -> str:
    """Return what is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _note(account_id: AccountId, address: str, role: Role, *, by: str, now: datetime) -> None:
    audit.note(
        account_id=account_id,
        actor=by,
        action=Action.MEMBER_JOINED,
        subject=f"member {address}",
        after={"role": role, "entities": "all"},
        now=now,
    )

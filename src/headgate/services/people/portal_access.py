"""People of partners are invited to the portal, set their password, sign in, and are sent away."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.ids import AccountId, PartnerId, PortalUserId
from headgate.domain.partners import Partner
from headgate.services import audit, setups
from headgate.services.people import membership
from headgate.services.setups import Setup
from headgate.storage import portal_users
from headgate.storage.portal_users import PortalUser

INVITATION_LIVES = timedelta(days=7)
RESET_LIVES = timedelta(days=1)
_SEEN_AGAIN = timedelta(minutes=10)
_SALT = "headgate.portal"


class LinkVoid(Exception):
    """The link was used or withdrawn, is too old, or never was one."""


class PasswordTaken(ValueError):
    """Another portal opens with the same address and password already."""


class Access(Struct, frozen=True):
    """Somebody in the portal of a partner that is in force."""

    user: PortalUser
    partner: Partner
    setup: Setup

    @property
    def actor(self) -> str:
        """Return how the audit log names them."""
        return f"partner {self.partner.slug}: {self.user.email}"

    @property
    def stamp(self) -> str:
        return _stamp(self.user)


def invite(
    *, account_id: AccountId, partner: str, email: str, by: str, now: datetime
) -> tuple[str, str]:
    """Return the address and the token of a link that stands for a week.

    Whoever has access already keeps it, and may set a new password by the link.

    :raises BadEmail:
    """
    address = membership.checked_email(email)
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        portal_users.invite(
            account_id,
            _id_of(account_id, partner),
            address,
            digest=membership.digest_of(token),
            made_by=by,
            expires_at=now + INVITATION_LIVES,
            now=now,
        )
        _note(account_id, address, partner, "invited", by=by, now=now)
    return address, token


def revoke(
    *, account_id: AccountId, partner: str, user_id: PortalUserId, by: str, now: datetime
) -> None:
    """Take the access away, at once wherever they are signed in; nobody there changes nothing."""
    with transaction.atomic():
        email = portal_users.remove(account_id, _id_of(account_id, partner), user_id)
        if email is not None:
            _note(account_id, email, partner, "revoked", by=by, now=now)


def access_of_link(*, token: str, now: datetime) -> Access:
    """:raises LinkVoid:"""
    user = portal_users.find_by_link(membership.digest_of(token), now=now)
    access = None if user is None else _access(user)
    if access is None:
        raise LinkVoid("this link was used or withdrawn, or is too old")
    return access


def set_password(*, token: str, password: str, now: datetime) -> Access:
    """Use a link up: whoever has it chose this password, and is signed in nowhere else.

    :raises LinkVoid, WeakPassword, PasswordTaken: nothing is changed.
    """
    access = access_of_link(token=token, now=now)
    password_hash = membership.checked_password(password)
    _want_another(access.user, password)
    joins = access.user.joined_at is None
    with transaction.atomic():
        digest = membership.digest_of(token)
        if not portal_users.use_link(digest, password=password_hash, now=now):
            raise LinkVoid("this link was used already")
        what = "joined" if joins else "password set"
        partner = access.partner.slug
        _note(access.user.account_id, access.user.email, partner, what, by=access.actor, now=now)
    return _again(access.user.id)


def open_reset(*, email: str, now: datetime) -> list[tuple[Access, str]]:
    """Return a token for every portal that the address opens; no link yet means none now."""
    found = []
    for user in portal_users.with_email(membership.normal_email(email)):
        access = _access(user)
        if access is not None and user.password is not None:
            token = secrets.token_urlsafe(24)
            digest = membership.digest_of(token)
            portal_users.put_link(user.id, digest=digest, expires_at=now + RESET_LIVES)
            found.append((access, token))
    return found


def sign_in(*, email: str, password: str, address: str, now: datetime) -> Access | None:
    """Return whom address and password belong to; each of their portals has its own password.

    `address` is where they come from, for the audit log.
    """
    known = _joined(email)
    if not known:
        make_password(password)  # takes as long as if there were somebody
    for access, password_hash in known:
        if check_password(password, password_hash):
            portal_users.note_seen(access.user.id, now=now)
            _note_sign_in(access, Action.SIGNED_IN, address, now)
            return access
    return None


def note_failure(*, email: str, address: str, now: datetime) -> None:
    """Note in every portal of the address that somebody tried; nobody's leaves no trace."""
    for access, _ in _joined(email):
        _note_sign_in(access, Action.SIGN_IN_FAILED, address, now)


def access_of(*, user_id: PortalUserId, stamp: str, now: datetime) -> Access | None:
    """Return who is signed in, unless they were sent away or changed their password since."""
    user = portal_users.find(user_id)
    access = None if user is None else _access(user)
    if access is None or not constant_time_compare(access.stamp, stamp):
        return None
    if access.user.seen_at is None or now - access.user.seen_at > _SEEN_AGAIN:
        portal_users.note_seen(user_id, now=now)
    return access


def list_users(*, account_id: AccountId, partner: str) -> list[PortalUser]:
    return portal_users.of_partner(account_id, _id_of(account_id, partner))


def _joined(email: str) -> list[tuple[Access, str]]:
    """Return whoever signs in with the address, each with the hash of their password."""
    return [
        (access, user.password)
        for user in portal_users.with_email(membership.normal_email(email))
        if user.password is not None and (access := _access(user)) is not None
    ]


def _id_of(account_id: AccountId, partner: str) -> PartnerId:
    return setups.in_force(account_id).plan.identities.partners[partner]


def _again(user_id: PortalUserId) -> Access:
    user = portal_users.find(user_id)
    access = None if user is None else _access(user)
    if access is None:
        raise LinkVoid("the access was taken away meanwhile")
    return access


def _access(user: PortalUser) -> Access | None:
    """Return their access, None where the partner is in force no more."""
    setup = setups.in_force(user.account_id)
    partner = setup.configuration.partner(setup.partner_slugs.get(user.partner_id, ""))
    return None if partner is None else Access(user, partner, setup)


def _want_another(user: PortalUser, password: str) -> None:
    """Check that the password tells this portal from the others of the same address."""
    others = [each for each in portal_users.with_email(user.email) if each.id != user.id]
    if any(each.password and check_password(password, each.password) for each in others):
        raise PasswordTaken("you sign in to another portal with it; choose another password here")


def _stamp(user: PortalUser) -> str:
    return salted_hmac(_SALT, user.password or "", algorithm="sha256").hexdigest()


def _note_sign_in(access: Access, action: Action, address: str, now: datetime) -> None:
    audit.note(
        account_id=access.user.account_id,
        actor=access.actor,
        action=action,
        subject=f"portal user {access.user.email}",
        after={"address": address},
        now=now,
    )


def _note(
    account_id: AccountId, email: str, partner: str, what: str, *, by: str, now: datetime
) -> None:
    audit.note(
        account_id=account_id,
        actor=by,
        action=Action.PORTAL_USER_CHANGED,
        subject=f"portal user {email}",
        after={"partner": partner, "what": what},
        now=now,
    )

"""Members of an account are invited, join, change and leave."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.configuration.value import Account
from headgate.domain.ids import AccountId, UserId
from headgate.services import audit, configuration, setups
from headgate.services.people import membership
from headgate.storage import accounts, invitations, people
from headgate.storage.invitations import Invitation
from headgate.storage.people import Member, Role

LINK_LIVES = timedelta(days=7)


class NotAllowed(Exception):
    """The role of whoever asks does not cover it; the message says why."""


class LastOwner(Exception):
    """Without this owner, nobody could look after the account."""

    def __init__(self) -> None:
        super().__init__("an account has at least one owner; make somebody else an owner first")


class AlreadyMember(ValueError):
    """Whoever is invited is a member of the account already."""


class UnknownEntity(ValueError):
    """The account has no such entity, or none was chosen."""


class LinkVoid(Exception):
    """The link was used, withdrawn, is too old, or never was one."""


class AnotherUser(Exception):
    """The link is for somebody who signs in already, and has to do so first."""


class AccountTaken(ValueError):
    """There is an account with this slug already."""


class Actor(Struct, frozen=True):
    """Whoever changes members: an admin may do so, but not with owners."""

    email: str
    role: Role

    def want_power_over(self, *roles: Role) -> None:
        """:raises NotAllowed:"""
        if self.role is Role.OWNER:
            return
        if self.role is not Role.ADMIN:
            raise NotAllowed("only owners and admins change who is a member")
        if Role.OWNER in roles:
            raise NotAllowed("only an owner makes, changes or removes an owner")


class Seat(Struct, frozen=True):
    """What somebody is to be in an account; owners and admins see every entity."""

    role: Role
    entities: tuple[str, ...] | None = None


def invite(
    *, account_id: AccountId, email: str, seat: Seat, by: Actor, now: datetime
) -> tuple[str, str]:
    """Return the address and the token of a link that stands for a week.

    An earlier link of the same address works no more.

    :raises BadEmail, AlreadyMember, UnknownEntity, NotAllowed:
    """
    by.want_power_over(seat.role)
    address = membership.checked_email(email)
    seat = _checked(account_id, seat)
    if address in {each.email for each in people.list_members(account_id)}:
        raise AlreadyMember(f"{address} is a member already; change the role in the list")
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        invitations.put(
            account_id,
            address,
            seat.role,
            entities=seat.entities,
            digest=membership.digest_of(token),
            made_by=by.email,
            expires_at=now + LINK_LIVES,
            now=now,
        )
        audit.note(
            account_id=account_id,
            actor=by.email,
            action=Action.MEMBER_INVITED,
            subject=f"member {address}",
            after=_shown(seat),
            now=now,
        )
    return address, token


def withdraw(*, account_id: AccountId, invitation_id: int, by: Actor, now: datetime) -> None:
    """Void a link; one that is gone already changes nothing.

    :raises NotAllowed:
    """
    by.want_power_over()
    with transaction.atomic():
        email = invitations.remove(account_id, invitation_id)
        if email is not None:
            audit.note(
                account_id=account_id,
                actor=by.email,
                action=Action.INVITATION_WITHDRAWN,
                subject=f"member {email}",
                now=now,
            )


def invitation_of(*, token: str, now: datetime) -> Invitation:
    """:raises LinkVoid:"""
    found = invitations.find(membership.digest_of(token), now=now)
    if found is None:
        raise LinkVoid("this link was used or withdrawn, or is older than a week")
    return found


def join(*, token: str, user_email: str | None, password: str | None, now: datetime) -> Invitation:
    """Make whoever has the link a member: the user who is signed in, or a new one.

    :raises LinkVoid, WeakPassword: nothing is made, and the link stands.
    :raises AnotherUser: the address has a user, who has to be signed in.
    """
    password_hash = None if password is None else membership.checked_password(password)
    with transaction.atomic():
        found = invitations.take(membership.digest_of(token), now=now)
        if found is None:
            raise LinkVoid("this link was used or withdrawn, or is older than a week")
        user_id = people.find_user(found.email)
        if user_id is not None and user_email != found.email:
            raise AnotherUser(f"sign in as {found.email}, then open the link again")
        if user_id is None:
            if password_hash is None:
                raise membership.WeakPassword("choose a password to sign in with")
            user_id = people.add_user(found.email, password_hash=password_hash, now=now)
        if people.find_member(found.account_id, user_id) is None:
            people.add_member(
                found.account_id, user_id, found.role, entities=found.entities, now=now
            )
        audit.note(
            account_id=found.account_id,
            actor=found.email,
            action=Action.MEMBER_JOINED,
            subject=f"member {found.email}",
            after=_shown(Seat(found.role, found.entities)),
            now=now,
        )
    return found


def change_member(
    *, account_id: AccountId, user_id: UserId, seat: Seat, by: Actor, now: datetime
) -> None:
    """:raises NotAllowed, LastOwner, UnknownEntity:"""
    seat = _checked(account_id, seat)
    with transaction.atomic():
        owners = people.hold_owners(account_id)
        member = people.find_member(account_id, user_id)
        if member is None or Seat(member.role, member.entities) == seat:
            return
        by.want_power_over(member.role, seat.role)
        if owners == {user_id} and seat.role is not Role.OWNER:
            raise LastOwner
        people.change_member(account_id, user_id, role=seat.role, entities=seat.entities)
        _note(account_id, Action.MEMBER_CHANGED, member, seat, by=by, now=now)


def remove_member(*, account_id: AccountId, user_id: UserId, by: Actor, now: datetime) -> None:
    """:raises NotAllowed, LastOwner:"""
    with transaction.atomic():
        owners = people.hold_owners(account_id)
        member = people.find_member(account_id, user_id)
        if member is None:
            return
        by.want_power_over(member.role)
        if owners == {user_id}:
            raise LastOwner
        people.remove_member(account_id, user_id)
        _note(account_id, Action.MEMBER_REMOVED, member, None, by=by, now=now)


def open_account(*, account: Account, user_id: UserId, email: str, now: datetime) -> None:
    """Make another account, which the user owns.

    :raises AccountTaken:
    """
    with transaction.atomic():
        if accounts.find(account.slug) is not None:
            raise AccountTaken(f"there is an account {account.slug!r} already; choose another name")
        made = configuration.create_account(account=account, made_by=email, now=now)
        people.add_member(made.id, user_id, Role.OWNER, now=now)


def _checked(account_id: AccountId, seat: Seat) -> Seat:
    if seat.role is not Role.MEMBER or seat.entities is None:
        return Seat(seat.role)
    known = {entity.slug for entity in setups.in_force(account_id).configuration.entities}
    if not seat.entities or not known.issuperset(seat.entities):
        raise UnknownEntity("choose at least one entity, or all of them")
    return Seat(seat.role, tuple(sorted(set(seat.entities))))


def _note(
    account_id: AccountId,
    action: Action,
    was: Member,
    becomes: Seat | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    audit.note(
        account_id=account_id,
        actor=by.email,
        action=action,
        subject=f"member {was.email}",
        before=_shown(Seat(was.role, was.entities)),
        after=None if becomes is None else _shown(becomes),
        now=now,
    )


def _shown(seat: Seat) -> dict[str, object]:
    return {"role": seat.role, "entities": list(seat.entities) if seat.entities else "all"}

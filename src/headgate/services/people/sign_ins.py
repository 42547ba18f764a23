"""Sign-ins and changes of how a user signs in are noted, and sessions are ended."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from headgate.domain.audit import COMMAND_LINE, Action
from headgate.services import audit
from headgate.storage import people, sign_in


class UserNotFound(LookupError):
    """Nobody signs in with this address."""


def note_sign_in(
    *, email: str, action: Action, said: Mapping[str, str], by: str | None = None, now: datetime
) -> None:
    """Note in every account of the user what they did, or what was done to their sign-in.

    An address that nobody has leaves no trace.
    """
    user_id = people.find_user(email)
    if user_id is None:
        return
    with transaction.atomic():
        for membership in people.memberships_of(user_id):
            audit.note(
                account_id=membership.account_id,
                actor=by or email,
                action=action,
                subject=f"user {email}",
                after=said,
                now=now,
            )


def open_way_back(*, email: str, without_second_steps: bool, now: datetime) -> tuple[str, str]:
    """Return the parts of a link by which a user who is locked out sets a new password.

    :raises UserNotFound:
    """
    user_id = people.find_user(email)
    if user_id is None:
        raise UserNotFound(f"there is no user with the address {email}")
    with transaction.atomic():
        if without_second_steps:
            sign_in.remove_second_steps(user_id)
        said = {"what": "link to a new password made"}
        if without_second_steps:
            said["second_steps"] = "removed"
        action = Action.CREDENTIAL_CHANGED
        note_sign_in(email=email, action=action, said=said, by=COMMAND_LINE, now=now)
        return sign_in.password_token(user_id)


def end_other_sessions(*, email: str, but: str | None, now: datetime) -> int:
    """Sign a user out everywhere else, and note it if there was such a place."""
    user_id = people.find_user(email)
    if user_id is None:
        return 0
    with transaction.atomic():
        ended = sign_in.end_sessions(user_id, but=but)
        if ended:
            action = Action.SIGNED_OUT_EVERYWHERE
            note_sign_in(email=email, action=action, said={"sessions": str(ended)}, now=now)
    return ended

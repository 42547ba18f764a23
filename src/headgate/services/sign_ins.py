"""Sign-ins and changes of how a user signs in are noted, and sessions are ended."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from headgate.domain.audit import Action
from headgate.services import audit
from headgate.storage import people, sign_in


def note_sign_in(*, email: str, action: Action, said: Mapping[str, str], now: datetime) -> None:
    """Note it in every account of the user; an address that nobody has leaves no trace."""
    user_id = people.find_user(email)
    if user_id is None:
        return
    with transaction.atomic():
        for membership in people.memberships_of(user_id):
            audit.note(
                account_id=membership.account_id,
                actor=email,
                action=action,
                subject=f"user {email}",
                after=said,
                now=now,
            )


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

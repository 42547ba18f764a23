"""Who may look after leads: the members of an account."""

from collections.abc import Iterable

from msgspec import Struct

from headgate.domain.ids import AccountId, UserId
from headgate.storage import models


class Assignee(Struct, frozen=True):
    user_id: UserId
    email: str


def list_all(account_id: AccountId) -> list[Assignee]:
    """Return the account's members by their addresses."""
    rows = models.Membership.objects.filter(account_id=account_id, user__is_active=True)
    found = rows.order_by("user__email").values_list("user_id", "user__email")
    return [Assignee(UserId(id), email) for id, email in found]


def find(account_id: AccountId, email: str) -> Assignee | None:
    wanted = email.strip().lower()
    return next((each for each in list_all(account_id) if each.email.lower() == wanted), None)


def emails_of(user_ids: Iterable[UserId | None]) -> dict[UserId, str]:
    """Return the addresses of these users, also of those who are no members any more."""
    wanted = {id for id in user_ids if id is not None}
    if not wanted:
        return {}
    rows = models.User.objects.filter(id__in=wanted).values_list("id", "email")
    return {UserId(id): email for id, email in rows}

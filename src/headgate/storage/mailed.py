"""Which deliveries one mail was: a single one, or all of a letter."""

from uuid import UUID

from django.db.models import Q

from headgate.domain.ids import AccountId
from headgate.storage import deliveries, models


def find(account_id: AccountId, mail_id: UUID) -> list[deliveries.Delivery]:
    rows = models.Delivery.objects.filter(account_id=account_id, channel="email")
    return deliveries.read(rows.filter(Q(id=mail_id) | Q(letter_id=mail_id)).order_by("id"))

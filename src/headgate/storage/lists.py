"""Narrowed lists of leads and deliveries: which rows a filter names, and how many."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, DeliveryId, LeadId
from headgate.domain.leads import LeadState
from headgate.storage import dispositions, leads, models, slugs

# Counting further makes a list slow and tells a person nothing more.
MOST_COUNTED = 1000
NOBODY = "nobody"
# The index by states leaves these out.
COMMON_LEAD_STATES = (LeadState.RECEIVED, LeadState.IN_DELIVERY, LeadState.DELIVERED)
COMMON_DELIVERY_STATES = (State.PENDING, State.SENDING, State.DELIVERED)
_Model = TypeVar("_Model", models.Lead, models.Delivery)


class LeadFilter(Struct, frozen=True, kw_only=True):
    """None leaves a part out; `since` is included, `until` is not; test leads are apart.

    `entities` are those that the reader may see, None for all. `assignee` is a member's address,
    `NOBODY` those that nobody looks after.
    """

    entity: str | None = None
    entities: tuple[str, ...] | None = None
    state: str | None = None
    status: str | None = None
    assignee: str | None = None
    source: str | None = None
    partner: str | None = None
    external_id: str | None = None
    import_id: int | None = None
    test: bool = False
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None

    def condition(self, account_id: AccountId) -> Q:
        ids = slugs.Named(account_id)
        named: dict[str, Any] = {
            "entity_id__in": ids.of_entities(self.entity, self.entities),
            "state": self.state,
            "status": self.status,
            "source_id__in": ids.of(models.Source, self.source),
            "external_id": self.external_id,
            "import_id": self.import_id,
            "received_at__gte": self.since,
            "received_at__lt": self.until,
        }
        if self.assignee == NOBODY:
            named["assignee__isnull"] = True
        elif self.assignee is not None:
            named["assignee_id__in"] = slugs.users(self.assignee)
        offered = _offered_to(ids.of(models.Partner, self.partner))
        return _all_of(named) & Q(test=self.test) & offered & _mentions(self.text)


class DeliveryFilter(Struct, frozen=True, kw_only=True):
    """None leaves a part out; `since` is included, `until` is not.

    `entities` are those that the reader may see, None for all. `text` is looked for in what was
    sent and answered; no index helps, so name a `since` too. `dispositions` are those of which
    one was said last.
    """

    entities: tuple[str, ...] | None = None
    state: str | None = None
    partner: str | None = None
    profile: str | None = None
    channel: str | None = None
    source: str | None = None
    dispositions: tuple[str, ...] | None = None
    test: bool | None = False
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None

    def condition(self, account_id: AccountId, *, above: UUID | None = None) -> Q:
        """Return what a delivery must meet; its text is looked for in ids `above` one alone.

        A database would otherwise rather read whatever was ever sent than that of a few.
        """
        ids = slugs.Named(account_id)
        said = self.dispositions
        told = Q() if said is None else dispositions.of_delivery(said)
        return (
            told
            & _sent_or_answered(self.text, above)
            & _all_of(
                {
                    "lead__entity_id__in": ids.of_entities(None, self.entities),
                    "state": self.state,
                    "partner_id__in": ids.of(models.Partner, self.partner),
                    "profile_id__in": ids.of(models.Profile, self.profile),
                    "channel": self.channel,
                    "lead__source_id__in": ids.of(models.Source, self.source),
                    "test": self.test,
                    "created_at__gte": self.since,
                    "created_at__lt": self.until,
                }
            )
        )


class EndedFilter(Struct, frozen=True, kw_only=True):
    """Which deliveries that have come to `state`; `since` and `until` are of when they did.

    None leaves a part out. Those of test leads are there only when their `ids` name them.
    """

    state: str
    partner: str | None = None
    profile: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[UUID, ...] | None = None

    def condition(self, account_id: AccountId) -> Q:
        ids = slugs.Named(account_id)
        return by_state(self.state, COMMON_DELIVERY_STATES) & _all_of(
            {
                "state": self.state,
                "partner_id__in": ids.of(models.Partner, self.partner),
                "profile_id__in": ids.of(models.Profile, self.profile),
                "ended_at__gte": self.since,
                "ended_at__lt": self.until,
                "id__in": self.ids,
                "test": False if self.ids is None else None,
            }
        )


def find_leads(account_id: AccountId, wanted: LeadFilter, *, limit: int) -> list[LeadId]:
    """Return up to `limit` of these leads, the oldest first."""
    rows = models.Lead.objects.filter(wanted.condition(account_id), account_id=account_id)
    ids = rows.order_by("id").values_list("id", flat=True)
    return [LeadId(id) for id in ids[:limit]]


def find_own(
    account_id: AccountId,
    lead_ids: Iterable[LeadId],
    *,
    entities: tuple[str, ...] | None = None,
) -> list[LeadId]:
    """Return those of these leads that the account has, of these entities, the oldest first."""
    rows = models.Lead.objects.filter(account_id=account_id, id__in=list(lead_ids))
    if entities is not None:
        rows = rows.filter(entity__slug__in=entities)
    return [LeadId(id) for id in rows.order_by("id").values_list("id", flat=True)]


def duplicates_of(account_id: AccountId, lead_id: LeadId, *, limit: int) -> list[leads.Lead]:
    """Return up to `limit` leads that repeat this one, newest first."""
    rows = of_account(models.Lead.objects.filter(duplicate_of=lead_id), account_id)
    return leads.read(rows.order_by("-id")[:limit])


def of_account(rows: "QuerySet[_Model]", account_id: AccountId) -> "QuerySet[_Model]":
    """Narrow to the account where another index than the account's has to find the rows.

    SQLite keeps no figures by which it would choose that one itself.
    """
    return rows.alias(owner=F("account_id") + 0).filter(owner=account_id)


def find_ended(account_id: AccountId, wanted: EndedFilter, *, limit: int) -> list[DeliveryId]:
    """Return up to `limit` of these deliveries, the oldest first."""
    rows = models.Delivery.objects.filter(wanted.condition(account_id), account_id=account_id)
    ids = rows.order_by("id").values_list("id", flat=True)
    return [DeliveryId(id) for id in ids[:limit]]


def count_ended(account_id: AccountId, wanted: EndedFilter) -> int:
    return models.Delivery.objects.filter(
        wanted.condition(account_id), account_id=account_id
    ).count()


def count_waiting(account_id: AccountId, entities: tuple[str, ...] | None = None) -> int:
    """Return how many leads wait, of these entities or of all; test leads are apart."""
    rows = models.Lead.objects.filter(account_id=account_id, look_at__isnull=False, test=False)
    if entities is not None:
        rows = rows.filter(entity__slug__in=entities)
    return rows[: MOST_COUNTED + 1].count()


def has_delivered(account_id: AccountId) -> bool:
    """Tell whether the account ever delivered a lead, a test lead or another."""
    rows = models.Delivery.objects.filter(account_id=account_id, state=State.DELIVERED)
    return rows.exists()


def entity_of(account_id: AccountId, lead_id: LeadId) -> str | None:
    """Return the slug of the lead's entity, None if the account has no such lead."""
    rows = models.Lead.objects.filter(account_id=account_id, id=lead_id)
    return rows.values_list("entity__slug", flat=True).first()


def lead_of_each(
    account_id: AccountId, delivery_ids: Iterable[DeliveryId]
) -> dict[DeliveryId, LeadId]:
    rows = models.Delivery.objects.filter(account_id=account_id, id__in=list(delivery_ids))
    return {DeliveryId(id): LeadId(lead) for id, lead in rows.values_list("id", "lead_id")}


def entity_of_delivery(account_id: AccountId, delivery_id: DeliveryId) -> str | None:
    rows = models.Delivery.objects.filter(account_id=account_id, id=delivery_id)
    return rows.values_list("lead__entity__slug", flat=True).first()


def last_answers(
    delivery_ids: Iterable[DeliveryId],
) -> dict[DeliveryId, tuple[int | None, int | None]]:
    """Return status and milliseconds of the last attempt of each delivery that has any."""
    rows = models.Attempt.objects.filter(delivery_id__in=list(delivery_ids)).order_by("n")
    return {
        DeliveryId(id): (status, ms)
        for id, status, ms in rows.values_list("delivery_id", "status", "ms")
    }


def by_state(state: str | None, common: Sequence[str]) -> Q:
    """Name a state with those that the index by states leaves out, or it is not used."""
    if state is None or state in common:
        return Q()
    said = Q(state=state)
    for other in common:
        said &= ~Q(state=other)
    return said


def _offered_to(partner_ids: list[int] | None) -> Q:
    if partner_ids is None:
        return Q()
    offered = models.Delivery.objects.filter(lead_id=OuterRef("pk"), partner_id__in=partner_ids)
    return Q(Exists(offered))


def _all_of(named: dict[str, Any]) -> Q:
    return Q(**{name: value for name, value in named.items() if value is not None})


def _sent_or_answered(text: str | None, above: UUID | None) -> Q:
    if not text or not text.strip():
        return Q()
    text = text.strip()
    tries = models.Attempt.objects.filter(
        Q(request__icontains=_inside_json(text)) | Q(answer__icontains=text),
        delivery_id=OuterRef("pk"),
    )
    if above is not None:
        tries = tries.filter(delivery_id__gt=above)
    return Q(Exists(tries))


def _inside_json(text: str) -> str:
    """Return the text as it stands within a column of JSON, where some characters are escaped."""
    return msgspec.json.encode(text).decode()[1:-1]


def _mentions(text: str | None) -> Q:
    """Look in the clear values, the external id and the id."""
    if not text or not text.strip():
        return Q()
    text = text.strip()
    inside_json = _inside_json(text)
    wanted = Q(fields__icontains=inside_json) | Q(external_id=text)
    try:
        return wanted | Q(id=UUID(text))
    except ValueError:
        return wanted

"""A partner says what became of a lead that it got: in the portal, over HTTP or by a postback."""

from datetime import datetime

from django.db import transaction
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.dispositions import TOLD_OF, Feedback, Said, read_feedback
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, DeliveryId, PartnerId
from headgate.services import audit, feedback_showing
from headgate.services.events import noting
from headgate.services.feedback_showing import DispositionShown
from headgate.services.handling import NotInThisState
from headgate.services.identity import fresh_id
from headgate.storage import deliveries, dispositions, leads, tallies
from headgate.storage.deliveries import Delivery, DeliveryNotFound
from headgate.storage.leads import Lead

LEAD_ERASED = "lead_erased"
# A sale takes a few words; without an end, one address could fill the database.
MOST_OF_ONE_DELIVERY = 200


class Heard(Struct, frozen=True):
    """What is kept of what was said; it `is_new` unless it had been said before."""

    disposition: DispositionShown
    delivery_id: DeliveryId
    is_new: bool


def hear(
    *,
    account_id: AccountId,
    delivery_id: DeliveryId,
    feedback: Feedback,
    of_partner: PartnerId | None = None,
    is_noted: bool = True,
    by: str,
    now: datetime,
) -> Heard:
    """Keep what a partner says of a delivery; what it said before stays.

    What has the reference of an earlier one, or says what was said last, is that one again.
    `of_partner` is there where only a partner's own may be spoken of; `is_noted` where it goes
    into the audit log, as what people and programs with a key do.

    :raises DeliveryNotFound: it is another partner's, as well.
    :raises NotInThisState: the partner does not have the lead, it was erased, or very much was
        said of it.
    :raises Flawed:
    """
    with transaction.atomic():
        delivery, lead = _hold(account_id, delivery_id, of_partner)
        said = read_feedback(feedback, delivery.currency)
        if before := _before(delivery, said):
            return Heard(feedback_showing.shown(before), delivery.id, is_new=False)
        _check_room(delivery.id)
        row = _row(delivery, said, by=by, now=now)
        dispositions.add(row)
        if not delivery.test:
            tallies.mark([(account_id, lead.received_at)])
        noting.note_disposition(
            account_id=account_id,
            delivery=delivery,
            disposition=said.disposition,
            value=feedback_showing.shown(row).value,
            now=now,
        )
        if is_noted:
            audit.note(
                account_id=account_id,
                actor=by,
                action=Action.DELIVERY_TOLD_OF,
                subject=f"delivery {delivery.id}",
                after={"disposition": str(said.disposition)},
                now=now,
            )
    return Heard(feedback_showing.shown(row), delivery.id, is_new=True)


def _hold(
    account_id: AccountId, delivery_id: DeliveryId, of_partner: PartnerId | None
) -> tuple[Delivery, Lead]:
    """Hold the lead, so that nobody erases it, or says something else of it, meanwhile."""
    lead_id = deliveries.get(account_id, delivery_id).lead_id
    lead = leads.lock([lead_id])[lead_id]
    delivery = deliveries.get(account_id, delivery_id)
    if of_partner not in (None, delivery.partner_id):
        raise DeliveryNotFound(f"there is no delivery {delivery_id}")
    if lead.erased_at is not None:
        message = "the lead was erased; nothing can be said of it any more"
        raise NotInThisState(LEAD_ERASED, message)
    if delivery.state not in TOLD_OF:
        message = (
            f"the delivery is {delivery.state}; only of one that is delivered or returned "
            "can be said what became of it"
        )
        raise NotInThisState("wrong_state", message)
    return delivery, lead


def _before(delivery: Delivery, said: Said) -> dispositions.Row | None:
    """Return the row that says it already.

    :raises Flawed: its reference stands for something else.
    """
    if said.reference is None:
        last = dispositions.latest([delivery.id]).get(delivery.id)
        return last if last and last.said.is_same(said) else None
    row = dispositions.find(delivery.id, reference=said.reference)
    if row is not None and not row.said.is_same(said):
        message = "this reference stands for something else that was said; give it one of its own"
        raise Flawed([Flaw("reference", "reference_reused", message)])
    return row


def _check_room(delivery_id: DeliveryId) -> None:
    if dispositions.count(delivery_id) >= MOST_OF_ONE_DELIVERY:
        message = f"{MOST_OF_ONE_DELIVERY} things were said of the delivery; it takes no more"
        raise NotInThisState("said_too_often", message)


def _row(delivery: Delivery, said: Said, *, by: str, now: datetime) -> dispositions.Row:
    return dispositions.Row(
        id=fresh_id(now),
        account_id=delivery.account_id,
        partner_id=delivery.partner_id,
        delivery_id=delivery.id,
        kind=said.disposition,
        note=said.note,
        value_minor=said.value_minor,
        currency=delivery.currency,
        reference=said.reference,
        said_at=now,
        said_by=by,
    )

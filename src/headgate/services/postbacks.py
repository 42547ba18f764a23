"""Postbacks: the address, or the signature, by which a partner's system speaks of its leads."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from headgate.channels.webhook import signing
from headgate.domain.delivery_settings import Webhook
from headgate.domain.dispositions import TOLD_OF, Feedback
from headgate.domain.ids import DeliveryId, LeadId, PartnerId
from headgate.services import feedback, feedback_showing, postback_tokens, setups
from headgate.services.feedback import Heard
from headgate.services.feedback_showing import DispositionShown
from headgate.services.handling import NotInThisState
from headgate.services.postback_tokens import TokenVoid
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret, Setup
from headgate.storage import accounts, deliveries, leads
from headgate.storage.deliveries import DeliveryNotFound

TOLERANCE = timedelta(minutes=5)
_MOST_SIGNATURES = 8
_NO_SUCH_LEAD = "there is no such lead, or it was erased"
# Who names no partner that signs waits as long as the others.
_NOBODYS_KEYS = (bytes(32),)


class NotSigned(Exception):
    """The signature is not one of the partner's, or not of now; nobody is told which."""


class Signed(Struct, frozen=True):
    """A message as it came, by Standard Webhooks."""

    id: str
    timestamp: str
    signatures: str
    body: bytes


class Offer(Struct, frozen=True):
    """What the page of a postback's address tells: nothing of the person."""

    account: str
    timezone: str
    partner: str
    entity: str
    received_at: datetime
    delivery_id: DeliveryId
    currency: str
    is_told_of: bool
    last: DispositionShown | None


def find_offer(token: str) -> Offer:
    """:raises DeliveryNotFound: the token is none of ours, or its lead was erased."""
    setup, delivery = _delivery_of(token)
    lead = leads.get(delivery.account_id, delivery.lead_id)
    said = setup.configuration
    slug = setup.partner_slugs[delivery.partner_id]
    partner, plan = said.partner(slug), setup.entity_plan(lead.entity_id)
    return Offer(
        account=said.account.name,
        timezone=(partner.timezone if partner else None) or said.account.timezone,
        partner=partner.name if partner else slug,
        entity=plan.entity.name if plan else setup.entity_slugs[lead.entity_id],
        received_at=delivery.created_at,
        delivery_id=delivery.id,
        currency=delivery.currency,
        is_told_of=delivery.state in TOLD_OF,
        last=feedback_showing.latest([delivery.id]).get(delivery.id),
    )


def hear_by_token(*, token: str, said: Feedback, now: datetime) -> Heard:
    """:raises DeliveryNotFound, NotInThisState, Flawed:"""
    setup, delivery = _delivery_of(token)
    return _hear(setup, delivery.id, delivery.partner_id, said, now=now)


def check_signature(*, account: str, partner: str, message: Signed, now: datetime) -> PartnerId:
    """Return the partner that signed the message with a signing secret of its webhooks.

    :raises NotSigned:
    """
    found = accounts.find(account)
    setup = setups.in_force(found.id) if found and found.config_version else None
    keys = _keys_of(setup, partner) if setup else ()
    is_genuine = _is_genuine(keys or _NOBODYS_KEYS, message, now)
    if setup is None or not keys or not is_genuine:
        raise NotSigned
    return setup.plan.identities.partners[partner]


def hear_signed(
    *,
    account: str,
    partner_id: PartnerId,
    delivery_id: UUID | None,
    lead_id: UUID | None,
    said: Feedback,
    now: datetime,
) -> Heard:
    """Keep what a partner says of one of its deliveries, named by its id or its lead's.

    :raises DeliveryNotFound, NotInThisState, Flawed:
    """
    found = accounts.find(account)
    if found is None:
        raise DeliveryNotFound(_NO_SUCH_LEAD)
    named = delivery_id
    if named is None and lead_id is not None:
        made = deliveries.of_leads([LeadId(lead_id)])[LeadId(lead_id)]
        named = next((each.id for each in made if each.partner_id == partner_id), None)
    if named is None:
        raise DeliveryNotFound(_NO_SUCH_LEAD)
    return _hear(setups.in_force(found.id), DeliveryId(named), partner_id, said, now=now)


def _hear(
    setup: Setup, id: DeliveryId, partner_id: PartnerId, said: Feedback, *, now: datetime
) -> Heard:
    """Keep it; whatever is not there, or no longer, is answered alike."""
    try:
        return feedback.hear(
            account_id=setup.account.id,
            delivery_id=id,
            feedback=said,
            of_partner=partner_id,
            is_noted=False,
            by=f"partner {setup.partner_slugs[partner_id]}: postback",
            now=now,
        )
    except DeliveryNotFound:
        raise DeliveryNotFound(_NO_SUCH_LEAD) from None
    except NotInThisState as error:
        if error.slug == feedback.LEAD_ERASED:
            raise DeliveryNotFound(_NO_SUCH_LEAD) from None
        raise


def _delivery_of(token: str) -> tuple[Setup, deliveries.Delivery]:
    try:
        setup, id = postback_tokens.read(token)
        delivery = deliveries.get(setup.account.id, id)
    except (TokenVoid, DeliveryNotFound):
        raise DeliveryNotFound(_NO_SUCH_LEAD) from None
    if leads.get(delivery.account_id, delivery.lead_id).erased_at is not None:
        raise DeliveryNotFound(_NO_SUCH_LEAD)
    return setup, delivery


def _keys_of(setup: Setup, slug: str) -> tuple[bytes, ...]:
    """Return the keys of every webhook by which the partner gets leads, both in an overlap."""
    partner = setup.configuration.partner(slug)
    if partner is None:
        return ()
    assigned = (
        settings
        for profile in setup.configuration.profiles
        for assignment in profile.assignments
        if assignment.partner == slug
        for settings in assignment.all_settings
    )
    own = partner.all_settings
    webhooks = [each for each in (*own, *assigned) if isinstance(each, Webhook)]
    secrets = [each for webhook in webhooks for each in (webhook.secret, webhook.old_secret)]
    keys: list[bytes] = []
    for secret in dict.fromkeys(each for each in secrets if each is not None):
        try:
            keys += signing.keys(setup.secret(secret))
        except (MissingSecret, Unopenable, signing.BadSigningSecret):
            continue  # what cannot sign cannot be signed with
    return tuple(dict.fromkeys(keys))


def _is_genuine(keys: tuple[bytes, ...], message: Signed, now: datetime) -> bool:
    text = message.timestamp
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    expected = signing.signature(keys, message.id, seconds, message.body).encode().split()
    given = message.signatures.encode().split()[:_MOST_SIGNATURES]
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]
    is_of_now = abs(now.timestamp() - seconds) <= TOLERANCE.total_seconds()
    # Without an id, a message that somebody sends again is not known for what it is.
    return any(matches) and is_of_now and bool(message.id.strip())

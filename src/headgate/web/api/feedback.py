"""What became of leads: said of a delivery with a key, signed by its partner, and listed."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.domain.dispositions import LONGEST_REFERENCE, WORDS, Feedback, dispositions_of
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import DeliveryId
from headgate.services import feedback, feedback_showing, postbacks
from headgate.services.feedback import Heard
from headgate.services.postbacks import NotSigned, Signed
from headgate.storage.dispositions import DispositionFilter
from headgate.web.api import decoding, deliveries, parameters
from headgate.web.api.http import LEAD_LIMIT, Request, Response, json_response
from headgate.web.api.lead_reading import zone_of
from headgate.web.api.route import Parameter
from headgate.web.client_address import address_behind, network_of
from headgate.web.doors import Doors
from headgate.web.errors import Problem
from headgate.web.throttle import Throttle

MOST_POSTBACKS, WITHIN = 600, timedelta(minutes=1)
FILTERS = (
    Parameter("disposition", "which one, or `any`, or `reached`", options=WORDS),
    Parameter("partner", "the partner's slug"),
    Parameter("delivery", "the delivery's id"),
    Parameter("test", "true for those of test leads alone; they are left out otherwise", "boolean"),
    *parameters.SPAN,
    *parameters.PAGING,
)
# One address that knocks too often is not listened to, whatever it has to say.
arrivals = Throttle(MOST_POSTBACKS, within=WITHIN)


class Told(Struct, forbid_unknown_fields=True):
    """What became of a lead; `value` is what the partner sold for, `reference` its own name."""

    disposition: str | None = None
    note: str | None = None
    value: str | int | float | None = None
    reference: str | None = None


class SignedTold(Struct, forbid_unknown_fields=True):
    """What became of the lead that one of the two ids names; `webhook-id` is its reference."""

    delivery_id: str | None = None
    lead_id: str | None = None
    disposition: str | None = None
    note: str | None = None
    value: str | int | float | None = None


class Taken(Struct, frozen=True):
    """What is kept of a postback; it is not `new` if it had been said before."""

    id: str
    delivery_id: str
    disposition: str
    note: str | None
    value: str | None
    currency: str
    at: str
    new: bool


told = msgspec.json.Decoder(Told)
_signed_told = msgspec.json.Decoder(SignedTold)


async def tell(request: Request, doors: Doors) -> Response:
    said = decoding.decode(await request.body(LEAD_LIMIT), told)
    request.query()
    hear = partial(
        feedback.hear,
        account_id=request.key.account_id,
        delivery_id=deliveries.delivery_id_of(request),
        feedback=feedback_of(said),
        by=f"API key {request.key.id}",
        now=clock.now(),
    )
    await doors.write(hear)
    return await deliveries.shown(request, doors)


async def list_dispositions(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    page = parameters.page_of(query)
    account_id = request.key.account_id

    def read() -> feedback_showing.DispositionPage:
        return feedback_showing.list_dispositions(
            account_id=account_id,
            wanted=_filter(query, zone_of(account_id)),
            before=page.before,
            limit=page.limit,
        )

    return json_response(await doors.read(read))


async def take_signed(request: Request, doors: Doors) -> Response:
    """Take what a partner's system posts; nobody learns which partners or deliveries there are."""
    now = clock.now()
    slow_down(request)
    body = await request.body(LEAD_LIMIT)
    request.query()
    account, partner = request.parts
    message = Signed(
        id=request.header(b"webhook-id") or "",
        timestamp=request.header(b"webhook-timestamp") or "",
        signatures=request.header(b"webhook-signature") or "",
        body=body,
    )
    check = partial(
        postbacks.check_signature, account=account, partner=partner, message=message, now=now
    )
    try:
        partner_id = await doors.read(check)
    except NotSigned:
        detail = (
            "sign the message by Standard Webhooks with a signing secret of the partner's webhook,"
            " at the moment at which it is sent"
        )
        raise Problem(403, "bad_signature", detail) from None
    said = decoding.decode(body, _signed_told)
    if len(message.id) > LONGEST_REFERENCE:
        raise Flawed([Flaw("webhook-id", "too_long", f"at most {LONGEST_REFERENCE} characters")])
    if said.delivery_id is None and said.lead_id is None:
        missing = "name the delivery, or by `lead_id` the lead, as Headgate sent them"
        raise Flawed([Flaw("delivery_id", "required", missing)])
    hear = partial(
        postbacks.hear_signed,
        account=account,
        partner_id=partner_id,
        delivery_id=_id("delivery_id", said.delivery_id),
        lead_id=_id("lead_id", said.lead_id),
        said=Feedback(said.disposition, said.note, _text(said.value), message.id),
        now=now,
    )
    return json_response(taken(await doors.write(hear)))


def slow_down(request: Request) -> None:
    """:raises Problem: more came from there than one partner's system has to say."""
    address = address_behind(request.client, request.header(b"x-forwarded-for") or "")
    if not arrivals.allows(network_of(address), now=clock.now()):
        detail = "too many postbacks come from this address; wait a minute"
        raise Problem(429, "too_many_requests", detail, retry_after=60)


def feedback_of(said: Told) -> Feedback:
    return Feedback(said.disposition, said.note, _text(said.value), said.reference)


def taken(heard: Heard) -> Taken:
    said = heard.disposition
    return Taken(
        id=said.id,
        delivery_id=str(heard.delivery_id),
        disposition=said.disposition,
        note=said.note,
        value=said.value,
        currency=said.currency,
        at=said.at,
        new=heard.is_new,
    )


def _text(value: str | int | float | None) -> str | None:
    return None if value is None else str(value)


def _id(name: str, text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise Flawed([Flaw(name, "not_an_id", "this is no id")]) from None


def _filter(query: Mapping[str, str], zone: ZoneInfo) -> DispositionFilter:
    word = parameters.word_of(query, "disposition", WORDS)
    delivery = query.get("delivery")
    return DispositionFilter(
        kinds=None if word is None else dispositions_of(word),
        partner=parameters.text_of(query, "partner"),
        delivery=None if delivery is None else _delivery(delivery),
        since=parameters.moment_of(query, "from", zone),
        until=parameters.moment_of(query, "to", zone),
        test=parameters.flag_of(query, "test"),
    )


def _delivery(text: str) -> DeliveryId:
    found = _id("delivery", text)
    return DeliveryId(found or UUID(int=0))

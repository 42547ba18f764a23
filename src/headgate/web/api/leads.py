"""Leads come in: one at a time, flat, or by the hundred."""

import asyncio
from decimal import Decimal
from typing import Any, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

from headgate import clock
from headgate.domain.deliveries import OPEN
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import LeadId
from headgate.services import receipts
from headgate.services.identity import fresh_id
from headgate.services.submissions import (
    KeyNotInForce,
    NotAllowed,
    Receipt,
    Submission,
    TooFast,
    Unavailable,
    UnknownEntity,
    UnknownSource,
)
from headgate.storage.keys import KeyScope
from headgate.web.api import decoding
from headgate.web.api.http import BULK_LIMIT, LEAD_LIMIT, Request, Response, json_response
from headgate.web.doors import Doors
from headgate.web.errors import FieldProblem, Problem, problem_of
from headgate.web.settled import LONGEST_WAIT_SECONDS, settled

LONGEST_KEY = 255
MOST_IN_BULK = 1_000


class PostedLead(Struct, forbid_unknown_fields=True):
    """The body of `POST /api/v1/leads`."""

    entity: str
    fields: dict[str, Any]
    status: str | None = None
    source: str | None = None
    test: bool = False
    distribute: bool = True
    external_id: str | None = None
    consent: dict[str, Any] | None = None
    note: str | None = None


class PostedLeads(Struct, forbid_unknown_fields=True):
    """The body of `POST /api/v1/leads/bulk`; each lead is its fields."""

    entity: str
    leads: list[dict[str, Any]]
    source: str | None = None


class BulkResult(Struct, frozen=True, omit_defaults=True):
    """A stored lead's id and state, or else why it was refused."""

    id: str | UnsetType = UNSET
    state: str | UnsetType = UNSET
    errors: list[FieldProblem] | UnsetType = UNSET


class BulkAnswer(Struct, frozen=True):
    results: list[BulkResult]


_OF_THE_REQUEST = (
    KeyNotInForce,
    NotAllowed,
    TooFast,
    Unavailable,
    UnknownEntity,
    UnknownSource,
)
_posted = msgspec.json.Decoder(PostedLead, float_hook=Decimal)
_posted_bulk = msgspec.json.Decoder(PostedLeads, float_hook=Decimal)


async def post_lead(request: Request, doors: Doors) -> Response:
    key_digest = request.key_digest()
    wait_seconds = _wait_seconds(request)
    _want_type(request, "application/json")
    body = await request.body(LEAD_LIMIT)
    posted = decoding.decode(body, _posted)
    idempotency_key = _idempotency_key(request)
    submission = Submission(
        id=_fresh(),
        caller=key_digest,
        entity=posted.entity,
        fields=posted.fields,
        received_at=clock.now(),
        status=posted.status,
        source=posted.source,
        test=posted.test,
        distribute=posted.distribute,
        external_id=posted.external_id,
        consent=posted.consent,
        note=posted.note,
        idempotency_key=idempotency_key,
        body_digest=_digest(request, idempotency_key, body),
    )
    return await _answer(await doors.receive(submission), doors, wait_seconds)


async def post_flat(request: Request, doors: Doors) -> Response:
    key_digest = request.key_digest()
    wait_seconds = _wait_seconds(request)
    content_type = _want_type(request, "application/json", "application/x-www-form-urlencoded")
    body = await request.body(LEAD_LIMIT)
    is_json = content_type == "application/json"
    flat = decoding.decode_plain(body) if is_json else decoding.decode_form(body)
    idempotency_key = _idempotency_key(request)
    submission = Submission(
        id=_fresh(),
        caller=key_digest,
        entity=request.parts[0],
        fields=flat,
        received_at=clock.now(),
        loose=True,
        idempotency_key=idempotency_key,
        body_digest=decoding.digest_of_body(request.path, flat) if idempotency_key else b"",
    )
    return await _answer(await doors.receive(submission), doors, wait_seconds)


async def post_bulk(request: Request, doors: Doors) -> Response:
    key_digest = request.key_digest()
    request.query()
    _want_type(request, "application/json")
    posted = decoding.decode(await request.body(BULK_LIMIT), _posted_bulk)
    if len(posted.leads) > MOST_IN_BULK:
        message = f"at most {MOST_IN_BULK:,} leads in one request"
        raise Flawed([Flaw("leads", "too_many", message)])
    now = clock.now()
    waiting = [
        doors.receive(
            Submission(
                id=_fresh(),
                caller=key_digest,
                entity=posted.entity,
                fields=fields,
                received_at=now,
                source=posted.source,
            )
        )
        for fields in posted.leads
    ]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    _raise_what_concerns_all(answers)
    results = []
    for answer in answers:
        if isinstance(answer, Receipt):
            results.append(BulkResult(str(answer.lead.id), answer.lead.state))
        elif isinstance(answer, Exception):
            results.append(BulkResult(errors=_flaws_of(answer)))
    return json_response(BulkAnswer(results))


def _raise_what_concerns_all(answers: list[Receipt | BaseException]) -> None:
    """Refuse the whole request where each of its leads was refused for the same outer reason."""
    if answers and all(isinstance(answer, _OF_THE_REQUEST) for answer in answers):
        raise cast(Exception, answers[0])


async def _answer(receipt: Receipt, doors: Doors, wait_seconds: float) -> Response:
    status = 200 if receipt.replayed else 201
    lead, made, just_selected = receipt.lead, receipt.deliveries, not receipt.replayed
    if wait_seconds and any(delivery.state in OPEN for delivery in made):
        lead, made = await settled(lead.id, doors, wait_seconds)
        just_selected = False
    if receipt.caller.scope is KeyScope.INTAKE:
        return json_response(receipts.source_answer(receipt.setup, lead, made), status)
    answer = receipts.staff_answer(receipt.setup, lead, made, just_selected=just_selected)
    return json_response(answer, status)


def _fresh() -> LeadId:
    return LeadId(fresh_id(clock.now()))


def _want_type(request: Request, *allowed: str) -> str:
    if request.content_type not in allowed:
        raise Problem(415, "unsupported_media_type", f"send {' or '.join(allowed)}")
    return request.content_type


def _wait_seconds(request: Request) -> float:
    text = request.query("wait").get("wait", "0")
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        raise Flawed([Flaw("wait", "not_a_number", "a number of seconds, at most 30")])
    if float(text) > LONGEST_WAIT_SECONDS:
        raise Flawed([Flaw("wait", "out_of_range", "at most 30 seconds")])
    return float(text)


def _idempotency_key(request: Request) -> str | None:
    key = request.header(b"idempotency-key")
    if key is None:
        return None
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        message = f"1 to {LONGEST_KEY} printable characters"
        raise Flawed([Flaw("Idempotency-Key", "not_a_key", message)])
    return key


def _digest(request: Request, idempotency_key: str | None, body: bytes) -> bytes:
    if idempotency_key is None:
        return b""
    return decoding.digest_of_body(request.path, decoding.decode_plain(body))


def _flaws_of(error: Exception) -> list[FieldProblem]:
    problem = problem_of(error)
    flaws = problem.flaws or (Flaw("", problem.slug, problem.detail),)
    return [FieldProblem(flaw.place, flaw.code, flaw.message) for flaw in flaws]

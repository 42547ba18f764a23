"""One batch of an account's leads while a transaction stores, judges and routes them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.entities import Entity
from headgate.domain.ids import LeadId, SourceId
from headgate.domain.instants import rfc3339
from headgate.domain.leads import LeadState
from headgate.domain.sources import OnDuplicate
from headgate.domain.suppressions import NOT_SUPPRESSED
from headgate.domain.verdicts import Because
from headgate.services import editing, idempotency, routing
from headgate.services.board import Board
from headgate.services.crowd import Crowd
from headgate.services.errands import Errand, errands_of
from headgate.services.events import noting
from headgate.services.form_tokens import Token
from headgate.services.routing import Leases
from headgate.services.setups import Setup
from headgate.services.submissions import Admitted, KeyReused, Receipt, Submission, TokenSpent
from headgate.services.writing import write_json
from headgate.storage import accounts, deliveries, form_tokens, leads

IDEMPOTENCY_KEPT = timedelta(days=7)

Answer = Receipt | Exception


class VersionMoved(Exception):
    """The configuration changed between judging and storing; judge again."""


class Received(Struct):
    """The answer to each submission, in order, and what this process now has to send."""

    answers: list[Answer]
    errands: list[Errand]


class Batch:
    """The leads of one account while one transaction stores and routes them."""

    def __init__(self, setup: Setup, leases: Leases, now: datetime) -> None:
        if accounts.hold_version(setup.account.id) != setup.version:
            raise VersionMoved
        self.setup = setup
        self.leases = leases
        self.now = now
        self.leads: list[leads.Lead] = []
        self.deliveries: list[deliveries.Delivery] = []
        self.bound: dict[tuple[SourceId, str], tuple[bytes, Receipt]] = {}
        self.updates: list[tuple[LeadId, Admitted]] = []
        self.tokens: list[Token] = []

    def store(self, judged: Sequence[Admitted | Exception]) -> Received:
        admitted = [each for each in judged if isinstance(each, Admitted)]
        # What is read after the turns are held includes what others decided before.
        self.board = Board(self.setup, now=self.now)
        revisited = routing.revisit_waiting(self.board, self.leases)
        self._read_bound(admitted)
        self.spent = form_tokens.find_spent(
            {each.submission.token.id for each in admitted if each.submission.token}
        )
        acceptable = [each for each in admitted if each.refusal is None]
        self.crowd = Crowd(self.setup, acceptable, now=self.now)
        self.suppressed = self.board.screen.look_up(people_of(acceptable))
        answers = [self._receive(each) if isinstance(each, Admitted) else each for each in judged]
        leads.lock(sorted({earlier for earlier, _ in self.updates}))
        leads.add(self.leads)
        form_tokens.spend(self.setup.account.id, self.tokens)
        for earlier, admittance in self.updates:
            editing.take_over(self.setup, earlier, admittance.values, now=self.now)
        self.crowd.save()
        deliveries.add(self.deliveries)
        noting.note_received(self.setup, self.leads, self.deliveries, now=self.now)
        self.board.save()
        known = {lead.id: lead for lead in [*revisited.leads, *self.leads]}
        return Received(answers, errands_of(revisited.deliveries + self.deliveries, known))

    def _read_bound(self, admitted: Sequence[Admitted]) -> None:
        """Look up which idempotency keys stand for a stored lead already."""
        wanted = {key: each for each in admitted if (key := _bound_key(each)) is not None}
        if not wanted:
            return
        vault = self.setup.vault
        # Those of erased leads are known by their digest alone.
        hidden = {(each, idempotency.hidden_key(vault, key)): (each, key) for each, key in wanted}
        stored_as = leads.find_by_idempotency([*wanted, *hidden])
        found = {hidden.get(key, key): bound for key, bound in stored_as.items()}
        expired = [id for id, _, at in found.values() if at < self.now - IDEMPOTENCY_KEPT]
        leads.unbind_idempotency(expired)
        stored = leads.find_many(id for id, _, _ in found.values() if id not in expired)
        theirs = deliveries.of_leads(stored)
        for key, (lead_id, digest, _) in found.items():
            if lead_id in stored:
                receipt = Receipt(self.setup, wanted[key].caller, stored[lead_id], theirs[lead_id])
                self.bound[key] = digest, receipt

    def _receive(self, admitted: Admitted) -> Answer:
        key = _bound_key(admitted)
        if key is not None and key in self.bound:
            digest, earlier = self.bound[key]
            if not idempotency.is_same_body(
                self.setup.vault, digest, admitted.submission.body_digest
            ):
                return KeyReused()
            return replace(earlier, caller=admitted.caller, replayed=True)
        token = admitted.submission.token
        if token is not None and token.id in self.spent:
            return TokenSpent()
        if admitted.refusal is not None:
            return admitted.refusal
        clear, hidden = parted(admitted)
        lead = new_lead(admitted, clear, hidden, now=self.now)
        receipt = Receipt(self.setup, admitted.caller, lead, [])
        self._place(admitted, receipt, clear)
        self.leads.append(lead)
        if token is not None:
            self.tokens.append(token)
        self.deliveries += receipt.deliveries
        if key is not None:
            self.bound[key] = admitted.submission.body_digest, receipt
        return receipt

    def _place(self, admitted: Admitted, receipt: Receipt, clear: dict[str, Any]) -> None:
        """Find the lead's place in the flow: duplicate, quarantined, held, or routed."""
        lead, on_duplicate = receipt.lead, admitted.source.on_duplicate
        if admitted.submission.suspicion is not None:
            # What a machine typed must neither change an earlier lead nor fill a cap.
            lead.state, lead.reason = LeadState.QUARANTINED, admitted.submission.suspicion
            return
        lead.duplicate_of = self.crowd.earlier_lead(admitted)
        source_caps = self.setup.plan.source_caps.get(admitted.source_id, ())
        if lead.duplicate_of is not None and on_duplicate is not OnDuplicate.FLAG:
            lead.state = LeadState.DUPLICATE
            if on_duplicate is OnDuplicate.UPDATE and not lead.test:
                self.updates.append((lead.duplicate_of, admitted))
        elif admitted.flaws:
            lead.state, lead.reason = LeadState.QUARANTINED, "invalid_fields"
        elif self.board.lacking(source_caps):
            lead.state, lead.reason = LeadState.QUARANTINED, "source_cap"
        else:
            lead.accepted = True
            if not lead.test:
                self.board.take(source_caps)
            self._route(admitted, receipt, clear)
            self.crowd.join(admitted, receipt.deliveries)

    def _route(self, admitted: Admitted, receipt: Receipt, clear: dict[str, Any]) -> None:
        lead = receipt.lead
        if not admitted.submission.distribute:
            lead.state = LeadState.HELD
            return
        has_person = self.crowd.partners_having(admitted)
        suppressed = self.suppressed.get(lead.id, NOT_SUPPRESSED)
        seen = routing.candidate(
            self.setup, lead, clear, has_person=has_person, suppressed=suppressed
        )
        decision = self.board.decide(seen, admitted.plan, because=Because.RECEIVED, n=1)
        receipt.deliveries = routing.reserve(self.board, lead, decision, self.leases)
        lead.state = routing.state_of(lead, [each.state for each in receipt.deliveries])


def _bound_key(admitted: Admitted) -> tuple[SourceId, str] | None:
    key = admitted.submission.idempotency_key
    return None if key is None else (admitted.source_id, key)


def people_of(admitted: Iterable[Admitted]) -> dict[LeadId, tuple[Entity, dict[str, Any]]]:
    """Return what suppression lists are asked by."""
    return {each.submission.id: (each.plan.entity, each.values) for each in admitted}


def parted(admitted: Admitted) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part the clean values into those in clear and those of encrypted fields."""
    encrypted = {field.key for field in admitted.plan.entity.fields if field.encrypted}
    if encrypted.isdisjoint(admitted.values):
        return admitted.values, {}
    clear = {key: value for key, value in admitted.values.items() if key not in encrypted}
    return clear, {key: admitted.values[key] for key in encrypted & admitted.values.keys()}


def new_lead(
    admitted: Admitted, clear: dict[str, Any], hidden: dict[str, Any], *, now: datetime
) -> leads.Lead:
    """Return the row of a new lead, received at the moment by which its caps are counted."""
    submission, setup = admitted.submission, admitted.setup
    return leads.Lead(
        id=submission.id,
        account_id=setup.account.id,
        entity_id=admitted.plan.id,
        source_id=admitted.source_id,
        state=LeadState.RECEIVED,
        status=admitted.status,
        received_at=now,
        fields=write_json(clear),
        sealed=setup.vault.seal(write_json(hidden).encode()) if hidden else None,
        extra=write_json(admitted.extra) if admitted.extra else None,
        consent=write_json(admitted.consent) if admitted.consent else None,
        note=admitted.note,
        test=admitted.test,
        accepted=False,
        external_id=admitted.external_id,
        duplicate_of=None,
        reason=None,
        idempotency_key=submission.idempotency_key,
        idempotency_digest=submission.body_digest if submission.idempotency_key else None,
        rounds="[]",
        import_id=submission.import_id,
        import_row=submission.import_row,
        history=_first_line(submission, now),
    )


def _first_line(submission: Submission, now: datetime) -> str | None:
    """Begin the history of a lead that a person typed in."""
    if submission.added_by is None:
        return None
    return write_json([{"at": rfc3339(now), "because": "added", "by": submission.added_by}])

"""What became of a lead: the lead, its deliveries, and why they are what they are."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from headgate.domain.configuration.value import Configuration
from headgate.domain.deliveries import State
from headgate.domain.explanation import Explanation, explain, explain_round
from headgate.domain.explanation.document import ExplainedRound
from headgate.domain.ids import AccountId, DeliveryId, LeadId, SourceId, UserId
from headgate.services import receipts, setups
from headgate.services.receipts import SourceAnswer
from headgate.services.showing import (
    DeliveryShown,
    LeadShown,
    shown_delivery,
    shown_fields,
    shown_lead,
    with_attempts,
    with_last_said,
)
from headgate.services.writing import read_rounds
from headgate.storage import assignees, deliveries, leads, lists, walks
from headgate.storage.lists import DeliveryFilter, LeadFilter

MOST_DUPLICATES = 20


class LeadPage(Struct, frozen=True):
    items: list[LeadShown]
    next: str | None


class DeliveryPage(Struct, frozen=True):
    items: list[DeliveryShown]
    next: str | None


def show_lead(*, account_id: AccountId, lead_id: LeadId, in_clear: bool) -> LeadShown:
    """Return a lead with its deliveries and attempts; encrypted values unless `in_clear` as `•••`.

    :raises LeadNotFound:
    """
    lead = leads.get(account_id, lead_id)
    made = deliveries.of_leads([lead_id])[lead_id]
    # Read after the rows: it then knows every profile and partner that they name.
    setup = setups.in_force(account_id)
    shown = with_attempts(setup, made)
    assignee = _assignee(lead, assignees.emails_of([lead.assignee_id]))
    return shown_lead(setup, lead, shown, made, assignee=assignee, in_clear=in_clear)


def show_own_lead(
    *, account_id: AccountId, source_id: SourceId | None, lead_id: LeadId
) -> SourceAnswer:
    """Return a lead as its source may see it.

    :raises LeadNotFound: there is none, or another source sent it.
    """
    lead = leads.get(account_id, lead_id)
    if lead.source_id != source_id:
        raise leads.LeadNotFound(f"there is no lead {lead_id}")
    made = deliveries.of_leads([lead_id])[lead_id]
    return receipts.source_answer(setups.in_force(account_id), lead, made)


def list_leads(
    *,
    account_id: AccountId,
    wanted: LeadFilter,
    before: LeadId | None,
    limit: int,
    in_clear: bool,
) -> LeadPage:
    found = walks.page_of_leads(account_id, wanted, before=before, limit=limit)
    made = deliveries.of_leads([lead.id for lead in found.rows])
    setup = setups.in_force(account_id)
    answers = lists.last_answers(each.id for mine in made.values() for each in mine)
    all_made = [each for mine in made.values() for each in mine]
    said = with_last_said([shown_delivery(setup, each, answers) for each in all_made])
    shown = {each.id: said_of for each, said_of in zip(all_made, said, strict=True)}
    emails = assignees.emails_of(lead.assignee_id for lead in found.rows)
    items = []
    for lead in found.rows:
        mine = [shown[each.id] for each in made[lead.id]]
        assignee = _assignee(lead, emails)
        items.append(
            shown_lead(setup, lead, mine, made[lead.id], assignee=assignee, in_clear=in_clear)
        )
    return LeadPage(items, _cursor(found.next))


def show_delivery(*, account_id: AccountId, delivery_id: DeliveryId) -> DeliveryShown:
    """Return a delivery with its attempts.

    :raises DeliveryNotFound:
    """
    found = deliveries.get(account_id, delivery_id)
    return with_attempts(setups.in_force(account_id), [found])[0]


def list_deliveries(
    *, account_id: AccountId, wanted: DeliveryFilter, before: DeliveryId | None, limit: int
) -> DeliveryPage:
    found = walks.page_of_deliveries(account_id, wanted, before=before, limit=limit)
    answers = lists.last_answers(each.id for each in found.rows)
    setup = setups.in_force(account_id)
    shown = [shown_delivery(setup, each, answers) for each in found.rows]
    return DeliveryPage(with_last_said(shown), _cursor(found.next))


def explain_lead(*, account_id: AccountId, lead_id: LeadId) -> Explanation:
    """Return every verdict on the lead, from what was recorded when it was decided.

    :raises LeadNotFound:
    """
    lead = leads.get(account_id, lead_id)
    made = deliveries.of_leads([lead_id])[lead_id]
    setup = setups.in_force(account_id)
    fates = {
        (
            setup.profile_slugs[each.profile_id],
            setup.assignment_slugs[each.assignment_id],
        ): State(each.state)
        for each in made
    }

    def configuration_of(version: int) -> Configuration:
        return setups.at_version(account_id, version).configuration

    rounds, entity = read_rounds(lead.rounds), setup.entity_slugs[lead.entity_id]
    return explain(rounds, configuration_of, entity, fates)


def last_rounds(*, account_id: AccountId, lead_ids: Iterable[LeadId]) -> dict[str, ExplainedRound]:
    """Return the last round of each lead that was decided, expanded as it was then."""
    setup = setups.in_force(account_id)
    explained = {}
    for lead in leads.find_many(lead_ids).values():
        rounds = read_rounds(lead.rounds)
        if rounds and lead.account_id == account_id:
            version = setups.at_version(account_id, rounds[-1].config_version)
            entity = setup.entity_slugs[lead.entity_id]
            explained[str(lead.id)] = explain_round(rounds[-1], version.configuration, entity)
    return explained


def lead_fields(*, account_id: AccountId, lead_ids: Iterable[LeadId]) -> dict[str, dict[str, Any]]:
    """Return the fields of each lead, encrypted values as `•••`."""
    setup = setups.in_force(account_id)
    return {
        str(lead.id): shown_fields(setup, lead, in_clear=False)
        for lead in leads.find_many(lead_ids).values()
        if lead.account_id == account_id
    }


def later_duplicates(*, account_id: AccountId, lead_id: LeadId) -> list[LeadShown]:
    """Return the newest of the leads that repeat this one, without their deliveries."""
    setup = setups.in_force(account_id)
    return [
        shown_lead(setup, each, [], [], assignee=None, in_clear=False)
        for each in lists.duplicates_of(account_id, lead_id, limit=MOST_DUPLICATES)
    ]


def _assignee(lead: leads.Lead, emails: Mapping[UserId, str]) -> str | None:
    return None if lead.assignee_id is None else emails.get(lead.assignee_id)


def _cursor(below: UUID | None) -> str | None:
    return None if below is None else str(below)

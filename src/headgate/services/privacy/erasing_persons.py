"""A person objects: all leads with an email address or phone number are found and erased."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.contact_details import ContactDetails, mentions, names
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.instants import rfc3339
from headgate.domain.suppressions import NotListable, normal_form
from headgate.services import audit, persons, setups
from headgate.services.privacy import suppressing
from headgate.services.privacy.suppressing import OBJECTIONS
from headgate.services.setups import Setup
from headgate.services.writing import read_list, read_values
from headgate.storage import deliveries, leads, searching, suppressions
from headgate.storage.searching import Leftover

_PAGE = 1_000
_WITH_THE_LEAD = ("delivered", "returned", "unknown", "sending")


class PersonsLead(Struct, frozen=True):
    """`partners` are those that have the lead, or may have it: they have to be told."""

    id: str
    entity: str
    received_at: str
    test: bool
    partners: list[str]


def read_details(*, email: str | None, phone: str | None, region: str | None) -> ContactDetails:
    """Return who is meant.

    :raises Flawed: neither is given, or one cannot be read.
    """
    suppressing.refuse_bad_region(region)
    flaws = []
    found: dict[str, str | None] = {"email": None, "phone": None}
    for name, text in (("email", email), ("phone", phone)):
        if text is None:
            continue
        try:
            found[name] = normal_form(text.strip(), region)
        except NotListable as bad:
            flaws.append(Flaw(name, "not_readable", str(bad)))
        else:
            if ("@" in str(found[name])) is not (name == "email"):
                flaws.append(Flaw(name, "not_readable", f"this is no {_WORDS[name]}"))
    if email is None and phone is None:
        flaws.append(Flaw("email", "required", "give an email address, a phone number, or both"))
    if flaws:
        raise Flawed(flaws)
    return ContactDetails(**found)


_WORDS = {"email": "email address", "phone": "phone number"}


def suppress(
    *,
    account_id: AccountId,
    details: ContactDetails,
    slug: str,
    made_by: str,
    now: datetime,
) -> None:
    """Put the person on a suppression list; the one of objections is made if there is none.

    :raises ListNotFound:
    """
    with transaction.atomic():
        lists = {each.slug for each in suppressions.list_all(account_id)}
        if slug == OBJECTIONS and slug not in lists:
            suppressing.create_list(
                account_id=account_id,
                slug=slug,
                name="Objections",
                partner=None,
                made_by=made_by,
                now=now,
            )
        suppressing.add_values(
            account_id=account_id,
            slug=slug,
            values=[each for each in (details.email, details.phone) if each],
            region=None,
            made_by=made_by,
            now=now,
        )


def find_leads(*, account_id: AccountId, details: ContactDetails) -> list[PersonsLead]:
    """Return every lead that is not erased and names the person anywhere, the oldest first."""
    setup = setups.in_force(account_id)
    found = [
        lead
        for page in _pages(account_id, details)
        for lead in page
        if names(details, _everything(setup, lead))
    ]
    made = deliveries.of_leads([lead.id for lead in found])
    return [_shown(setup, lead, made[lead.id]) for lead in found]


def forget_leftovers(*, account_id: AccountId, details: ContactDetails) -> int:
    """Delete what mentions the person of rows and requests that brought no lead; say how many."""
    vault = suppressing.open_vault(account_id)
    gone = 0
    with transaction.atomic():
        for kind in Leftover:
            ids = [
                id
                for id, sealed in searching.leftovers(account_id, kind)
                if mentions(details, vault.open(sealed).decode())
            ]
            searching.delete_leftovers(kind, ids)
            gone += len(ids)
    return gone


def note_erasure(
    *, account_id: AccountId, erased: Sequence[PersonsLead], made_by: str, now: datetime
) -> None:
    """Write into the audit log which leads were erased, and not whose they were."""
    audit.note(
        account_id=account_id,
        actor=made_by,
        action=Action.LEAD_ERASED,
        subject=f"{len(erased)} leads of a person",
        after={"leads": [each.id for each in erased]},
        now=now,
    )


def _pages(account_id: AccountId, details: ContactDetails) -> Iterator[list[leads.Lead]]:
    after: LeadId | None = None
    texts = [text for text in (_findable(details.email), details.phone) if text]
    while page := searching.may_name(account_id, texts, after=after, limit=_PAGE):
        after = page[-1].id
        yield page


def _findable(email: str | None) -> str | None:
    """Return a part of the address that every database finds whatever its case."""
    return email if email is None or email.isascii() else email.rpartition("@")[2]


def _everything(setup: Setup, lead: leads.Lead) -> list[object]:
    extra = read_values(lead.extra) if lead.extra else {}
    history = read_list(lead.history) if lead.history else []
    return [persons.whole_values(setup, lead), extra, history, lead.external_id]


def _shown(setup: Setup, lead: leads.Lead, made: Sequence[deliveries.Delivery]) -> PersonsLead:
    partners = (
        setup.partner_slugs[each.partner_id] for each in made if each.state in _WITH_THE_LEAD
    )
    return PersonsLead(
        id=str(lead.id),
        entity=setup.entity_slugs[lead.entity_id],
        received_at=rfc3339(lead.received_at),
        test=lead.test,
        partners=list(dict.fromkeys(partners)),
    )

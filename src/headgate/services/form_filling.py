"""Somebody fills in a form: what they are shown, and the submission that becomes of it."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.forms import Consent, Form, suspicion
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.instants import rfc3339
from headgate.domain.intake_keys import storable_value
from headgate.domain.sources import OnInvalid
from headgate.services import form_tokens, setups
from headgate.services.form_tokens import Token
from headgate.services.identity import fresh_id
from headgate.services.setups import Setup
from headgate.services.submissions import Submission
from headgate.services.writing import write_json
from headgate.storage import accounts
from headgate.storage.keys import Caller, KeyScope
from headgate.storage.setup import VersionNotFound

CONSENT = "consent"  # the place of its flaw; no field key begins with it alone on a form
_LONGEST_FACT = 2_000


class FormNotFound(LookupError):
    """There is no such form, or it is no longer in force."""


class TokenVoid(Exception):
    """The page was shown too long ago; it has to be shown anew, and nothing was stored."""


class FormShown(Struct):
    """A form in force, with all that its page needs to know."""

    setup: Setup
    form: Form
    entity: Entity


class Circumstances(Struct, frozen=True):
    """What the browser says of itself, kept as evidence and never trusted for more."""

    address: str
    user_agent: str = ""
    page: str = ""
    referrer: str = ""
    trustedform_url: str = ""
    jornaya_id: str = ""


class Filled(Struct, frozen=True):
    """What was posted: `values` by the keys of fields, as raw as they came."""

    values: Mapping[str, Any]
    token: str
    proof: str
    is_baited: bool
    consents: bool
    circumstances: Circumstances


def find_form(*, account: str, slug: str) -> FormShown:
    """:raises FormNotFound:"""
    found = accounts.find(account)
    if found is None:
        raise FormNotFound(f"there is no account {account!r}")
    try:
        setup = setups.in_force(found.id)
    except VersionNotFound as error:
        raise FormNotFound(str(error)) from error
    form = _form(setup, slug)
    entity = setup.configuration.entity(form.entity) if form else None
    if form is None or entity is None:
        raise FormNotFound(f"the account {account!r} has no form {slug!r}")
    return FormShown(setup, form, entity)


def fill_in(shown: FormShown, filled: Filled, *, now: datetime) -> Submission:
    """Judge what was posted, by the form and by its protection.

    What only looks like spam becomes a submission that is held back, never an error.

    :raises Flawed: with every reason; the places are keys of fields, and `consent`.
    :raises TokenVoid:
    """
    form, setup = shown.form, shown.setup
    token = form_tokens.read_token(setup, form.slug, filled.token) if filled.token else None
    if token is not None and token.void_at <= now:
        raise TokenVoid
    values = _values(shown, filled)
    suspected = suspicion(
        form.protection,
        is_baited=filled.is_baited,
        seconds_shown=token.seconds_shown(now) if token else None,
        is_proven=token is not None and form_tokens.is_proven(setup, token, filled.proof),
    )
    return Submission(
        id=LeadId(fresh_id(now)),
        caller=Caller(setup.account.id, KeyScope.INTAKE, form.source, form.entity),
        entity=form.entity,
        fields=values,
        received_at=now,
        test=token is not None and token.test,
        consent=_evidence(shown, filled, token, now),
        idempotency_key=f"form {token.id}" if token else None,
        body_digest=_digest(values, filled) if token else b"",
        suspicion=suspected,
        token=token,
    )


def test_permit(*, account_id: AccountId, slug: str, now: datetime) -> str:
    """Return what makes the form's page take a test lead, for whoever has it.

    :raises FormNotFound:
    """
    setup = setups.in_force(account_id)
    if _form(setup, slug) is None:
        raise FormNotFound(f"there is no form {slug!r}")
    return form_tokens.write_token(setup, slug, form_tokens.issue(setup, test=True, now=now))


def _form(setup: Setup, slug: str) -> Form | None:
    return next((form for form in setup.configuration.forms if form.slug == slug), None)


def _values(shown: FormShown, filled: Filled) -> dict[str, Any]:
    """Return the form's own fields; a hidden one whose value nobody could mend is left out.

    :raises Flawed:
    """
    form, setup = shown.form, shown.setup
    values = {key: filled.values[key] for key in form.fields if key in filled.values}
    for key in form.fields:
        question = form.question(key)
        if question.hidden and question.value is not None:
            values[key] = question.value
    clean = setup.cleaners[form.entity]
    hidden = {key for key in form.fields if form.question(key).hidden}
    for flaw in clean(values).flaws:
        if (key := flaw.place.partition(".")[0]) in hidden:
            values.pop(key, None)
    cleaned = clean(values)
    flaws = list(cleaned.flaws) if _refuses(shown) else []
    flawed = {flaw.place.partition(".")[0] for flaw in flaws}
    flaws += [
        Flaw(key, "required", "must have a value")
        for key in form.fields
        if form.question(key).required
        and _is_missing(cleaned.values.get(key))
        and key not in flawed
    ]
    if form.consent is not None and form.consent.required and not filled.consents:
        flaws.append(Flaw(CONSENT, "required", "must be ticked"))
    if flaws:
        raise Flawed(flaws)
    return values


def _is_missing(value: object) -> bool:
    """Tell whether a form that insists gets nothing; an unticked box is nothing, 0 is not."""
    return value is None or value is False


def _refuses(shown: FormShown) -> bool:
    found = shown.setup.source(shown.form.entity, shown.form.source)
    return found is None or found[1].on_invalid is OnInvalid.REFUSE


def _evidence(
    shown: FormShown, filled: Filled, token: Token | None, now: datetime
) -> dict[str, Any]:
    """Return what proves later who agreed to what, where, when and how."""
    seen = filled.circumstances
    version = token.version if token else shown.setup.version
    consent = _consent_at(shown, version)
    said = {
        "form": shown.form.slug,
        "form_version": version,
        "at": rfc3339(now),
        "text": consent and consent.text,
        "ticked": filled.consents if consent else None,
        "page_url": seen.page[:_LONGEST_FACT] or None,
        "referrer": seen.referrer[:_LONGEST_FACT] or None,
        "ip": seen.address or None,
        "user_agent": seen.user_agent[:_LONGEST_FACT] or None,
        "trustedform_url": seen.trustedform_url[:_LONGEST_FACT] or None,
        "jornaya_leadid": seen.jornaya_id[:_LONGEST_FACT] or None,
    }
    return {key: storable_value(value) for key, value in said.items() if value is not None}


def _consent_at(shown: FormShown, version: int) -> Consent | None:
    """Return the consent as it was shown, which may have been reworded since."""
    if version == shown.setup.version:
        return shown.form.consent
    try:
        form = _form(setups.at_version(shown.setup.account.id, version), shown.form.slug)
    except VersionNotFound:
        # An older backup was restored while the page was open.
        form = shown.form
    return form.consent if form else None


def _digest(values: Mapping[str, Any], filled: Filled) -> bytes:
    """Return what tells a second click from a second lead under the same token."""
    said = write_json([sorted(values.items()), filled.consents])
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()

"""Which error becomes which HTTP answer."""

import secrets

import msgspec
import structlog
from msgspec import Struct

from headgate.domain.configuration.editing import ThingNotThere
from headgate.domain.csv_files import BadMapping
from headgate.domain.flaws import Flaw, Flawed
from headgate.services.administration import ChangedMeanwhile
from headgate.services.balances import RepeatedReference
from headgate.services.catalogue import ThingNotFound
from headgate.services.drafting import BasedOnAnother
from headgate.services.events.standing import WebhookNotFound
from headgate.services.handling import NotInThisState
from headgate.services.imports.importing import BegunOtherwise, JustBegun
from headgate.services.imports.undoing import NotInThatState
from headgate.services.imports.uploading import NotReadable
from headgate.services.imports.workbooks import BadWorkbook
from headgate.services.submissions import (
    KeyNotInForce,
    KeyReused,
    NotAllowed,
    TooFast,
    Unavailable,
    UnknownEntity,
    UnknownSource,
)
from headgate.storage.caps import CapFull
from headgate.storage.deliveries import DeliveryNotFound
from headgate.storage.events import EventNotFound
from headgate.storage.imports import ImportNotFound
from headgate.storage.invoices import InvoiceNotFound
from headgate.storage.leads import LeadNotFound
from headgate.storage.returns import ReturnNotFound
from headgate.storage.suppressions import ListExists, ListNotFound
from headgate.storage.uploads import UploadNotFound

_log = structlog.get_logger()


class Problem(Exception):
    """An answer that is not a success, as RFC 9457 wants it."""

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        *,
        flaws: tuple[Flaw, ...] = (),
        retry_after: int | None = None,
        allow: tuple[str, ...] = (),
    ) -> None:
        self.status = status
        self.slug = slug
        self.detail = detail
        self.flaws = flaws
        self.retry_after = retry_after
        self.allow = allow
        super().__init__(detail)

    def body(self) -> bytes:
        flaws = [FieldProblem(each.place, each.code, each.message) for each in self.flaws]
        return msgspec.json.encode(
            ProblemBody(
                type=f"urn:headgate:problem:{self.slug}",
                title=self.slug.replace("_", " ").capitalize(),
                status=self.status,
                detail=self.detail,
                errors=flaws or msgspec.UNSET,
            )
        )


class FieldProblem(Struct, frozen=True):
    field: str
    code: str
    message: str


class ProblemBody(Struct, frozen=True):
    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | msgspec.UnsetType = msgspec.UNSET


_NOT_FOUND = (
    UnknownEntity,
    UnknownSource,
    LeadNotFound,
    DeliveryNotFound,
    ReturnNotFound,
    InvoiceNotFound,
    ThingNotFound,
    WebhookNotFound,
    EventNotFound,
    ThingNotThere,
    ListNotFound,
)
_PASSING = (Unavailable, CapFull)
_TAKEN: dict[type[Exception], str] = {
    ListExists: "list_exists",
    RepeatedReference: "repeated_reference",
}


def problem_of(error: Exception) -> Problem:
    """Return the answer to an error; one that nobody foresaw is logged and is a 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, _NOT_FOUND):
        return Problem(404, "not_found", str(error))
    if isinstance(error, _PASSING):
        detail = str(error) or "somebody else was quicker"
        return Problem(503, "unavailable", detail, retry_after=2)
    return _refusal_of(error) or _import_refusal_of(error) or _unforeseen(error)


def _import_refusal_of(error: Exception) -> Problem | None:
    match error:
        case ImportNotFound() | UploadNotFound():
            return Problem(404, "not_found", str(error))
        case BadMapping():
            return _invalid("mapping", "bad_mapping", error)
        case NotReadable() | BadWorkbook():
            return _invalid("", "bad_file", error)
        case BegunOtherwise():
            return Problem(409, "begun_otherwise", str(error))
        case JustBegun():
            return Problem(409, "just_begun", str(error))
        case NotInThatState():
            return Problem(409, "not_in_this_state", str(error))
    return None


def _invalid(place: str, code: str, error: Exception) -> Problem:
    return Problem(422, "invalid_values", str(error), flaws=(Flaw(place, code, str(error)),))


def _refusal_of(error: Exception) -> Problem | None:
    match error:
        case Flawed(flaws=flaws):
            detail = flaws[0].message if len(flaws) == 1 else f"{len(flaws)} values are not valid"
            return Problem(422, "invalid_values", detail, flaws=flaws)
        case KeyNotInForce():
            return Problem(401, "unauthorized", "the API key is not in force")
        case NotAllowed():
            return Problem(403, "forbidden", str(error))
        case NotInThisState(slug=slug):
            return Problem(409, slug, str(error))
        case BasedOnAnother(changes=changes):
            moved = f"; since then: {'; '.join(changes)}" if changes else ""
            return Problem(409, "based_on_another", f"{error}{moved}")
        case ChangedMeanwhile(changes=changes):
            return Problem(409, "changed_meanwhile", f"{error}; since then: {'; '.join(changes)}")
        case ListExists() | RepeatedReference():
            return Problem(409, _TAKEN[type(error)], str(error))
        case KeyReused():
            detail = "this Idempotency-Key stands for a request with another body"
            return Problem(422, "idempotency_key_reused", detail)
        case TooFast(retry_after_seconds=seconds):
            return Problem(429, "too_many_requests", str(error), retry_after=seconds)
    return None


def _unforeseen(error: Exception) -> Problem:
    request_id = secrets.token_hex(8)
    _log.error("request.failed", request=request_id, exc_info=error)
    detail = f"Headgate failed; the log says more about request {request_id}"
    return Problem(500, "internal_error", detail)

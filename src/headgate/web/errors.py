"""Which error becomes which HTTP answer."""

import msgspec
import structlog
from msgspec import Struct

from headgate.domain.flaws import Flaw, Flawed
from headgate.services.submissions import (
    KeyNotInForce,
    KeyReused,
    NotAllowed,
    TooFast,
    Unavailable,
    UnknownEntity,
    UnknownSource,
)
from headgate.storage.deliveries import DeliveryNotFound
from headgate.storage.leads import LeadNotFound

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
    ) -> None:
        self.status = status
        self.slug = slug
        self.detail = detail
        self.flaws = flaws
        self.retry_after = retry_after
        super().__init__(detail)

    def body(self) -> bytes:
        flaws = [FieldProblem(each.place, each.code, each.message) for each in self.flaws]
        return msgspec.json.encode(
            ProblemBody(
                type=f"urn:headgate:problem:{self.slug}",
                title=self.slug.replace("-", " ").capitalize(),
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


def problem_of(error: Exception) -> Problem:
    """Return the answer to an error; one that nobody foresaw is logged and is a 500."""
    match error:
        case Problem():
            return error
        case Flawed(flaws=flaws):
            detail = flaws[0].message if len(flaws) == 1 else f"{len(flaws)} values are not valid"
            return Problem(422, "invalid-values", detail, flaws=flaws)
        case KeyNotInForce():
            return Problem(401, "unauthorized", "the API key is not in force")
        case NotAllowed():
            return Problem(403, "forbidden", str(error))
        case UnknownEntity() | UnknownSource() | LeadNotFound() | DeliveryNotFound():
            return Problem(404, "not-found", str(error))
        case KeyReused():
            detail = "this Idempotency-Key stands for a request with another body"
            return Problem(422, "idempotency-key-reused", detail)
        case TooFast(retry_after_seconds=seconds):
            return Problem(429, "too-many-requests", str(error), retry_after=seconds)
        case Unavailable():
            return Problem(503, "unavailable", str(error), retry_after=2)
    _log.error("request.failed", exc_info=error)
    return Problem(500, "internal-error", "Headgate failed; the log says more")

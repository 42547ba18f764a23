"""Forms that operators draw on pages of their own: what they ask for, and what they may post."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from headgate.domain.instants import rfc3339
from headgate.services import form_tokens
from headgate.services.form_filling import FormShown, TokenVoid
from headgate.services.submissions import KeyReused, Receipt, TokenSpent
from headgate.web.api.http import Request, Response, json_response, problem_response
from headgate.web.errors import Problem, problem_of

Take = Callable[[FormShown, Request], Awaitable[tuple[Receipt, str | None]]]
Headers = tuple[tuple[bytes, bytes], ...]


class Visit(Struct, frozen=True):
    """What a page of the operator's own needs for one post; `challenge` is an ALTCHA one."""

    token: str
    valid_until: str
    min_seconds: int
    fields: list[dict[str, Any]]
    consent: str | None
    challenge: dict[str, Any] | None


class Taken(Struct, frozen=True):
    """What anybody may know of the lead that they sent."""

    thank_you: str
    redirect_url: str | None


def script(text: bytes) -> Response:
    response = Response(200, text, content_type=b"text/javascript; charset=utf-8")
    response.headers = [each for each in response.headers if each[0] != b"cache-control"]
    response.headers += [
        (b"cache-control", b"public, max-age=3600"),
        (b"x-content-type-options", b"nosniff"),
    ]
    return response


def preflight(shown: FormShown, request: Request) -> Response:
    """Tell a browser what pages of this origin may do."""
    headers = _allowance(shown, request)
    if headers:
        headers += (
            (b"access-control-allow-methods", b"GET, POST"),
            (b"access-control-allow-headers", b"content-type"),
            (b"access-control-max-age", b"3600"),
        )
    return Response(204, b"", headers=(*headers, (b"allow", b"GET, HEAD, OPTIONS, POST")))


def visit(shown: FormShown, request: Request, *, now: datetime) -> Response:
    """Begin a visit, as showing the page does."""
    token = form_tokens.issue(shown.setup, now=now)
    form, protection = shown.form, shown.form.protection
    proves = protection.proof_of_work
    said = Visit(
        token=form_tokens.write_token(shown.setup, form.slug, token),
        valid_until=rfc3339(token.void_at),
        min_seconds=protection.min_seconds,
        fields=[_described(shown, key) for key in form.fields],
        consent=form.consent.text if form.consent else None,
        challenge=form_tokens.challenge(shown.setup, token) if proves else None,
    )
    return _allowed(json_response(said), shown, request)


async def answer(shown: FormShown, request: Request, take: Take) -> Response:
    """Answer a post in JSON, which browsers let only the form's origins make."""
    try:
        origin = request.header(b"origin")
        if origin is not None and origin not in shown.form.origins:
            detail = f"pages of {origin!r} may not post here; list it among the form's origins"
            raise Problem(403, "forbidden", detail)
        receipt, redirect_url = await take(shown, request)
        taken = Taken(shown.form.thank_you, redirect_url)
        response = json_response(taken, 200 if receipt.replayed else 201)
    except (KeyReused, TokenSpent):
        detail = "the token made its lead already; ask for another one"
        response = problem_response(Problem(409, "token_spent", detail))
    except TokenVoid:
        detail = "the token is older than a day; ask for another one"
        response = problem_response(Problem(409, "token_void", detail))
    except Exception as error:
        response = problem_response(problem_of(error))
    return _allowed(response, shown, request)


def _described(shown: FormShown, key: str) -> dict[str, Any]:
    field, question = shown.entity.field(key), shown.form.question(key)
    if field is None:
        return {"key": key}
    return {
        "key": key,
        "type": field.type,
        "label": question.label or field.label,
        "help": question.help,
        "required": field.required or question.required,
        "hidden": question.hidden,
        "options": field.options,
    }


def _allowed(response: Response, shown: FormShown, request: Request) -> Response:
    response.headers += _allowance(shown, request)
    return response


def _allowance(shown: FormShown, request: Request) -> Headers:
    origin = request.header(b"origin")
    if origin is None or origin not in shown.form.origins:
        return ((b"vary", b"origin"),)
    return (b"access-control-allow-origin", origin.encode("ascii")), (b"vary", b"origin")

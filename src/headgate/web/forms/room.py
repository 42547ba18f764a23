"""Hosted forms: shown to anybody, taken from anybody, and put before the one writer."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from headgate import clock
from headgate.domain.flaws import Flawed
from headgate.domain.forms import TO_PARTNER
from headgate.services import form_filling, form_tokens
from headgate.services.form_filling import Circumstances, Filled, FormNotFound, FormShown, TokenVoid
from headgate.services.form_tokens import Token
from headgate.services.submissions import (
    KeyReused,
    Receipt,
    TokenSpent,
    TooFast,
    Unavailable,
)
from headgate.web import counting
from headgate.web.api import decoding
from headgate.web.api.http import Receive, Request, Response, Scope, Send
from headgate.web.client_address import address_behind, network_of
from headgate.web.doors import Doors
from headgate.web.errors import Problem, problem_of
from headgate.web.forms import own_pages, posted
from headgate.web.forms.inputs import Typed
from headgate.web.forms.page import (
    Surroundings,
    form_page,
    is_web_address,
    not_found_page,
    notice_page,
    thanks_page,
)
from headgate.web.settled import LONGEST_WAIT_SECONDS, settled
from headgate.web.throttle import Throttle

MOST_POSTS, WITHIN = 30, timedelta(minutes=10)
# Percent-encoding makes up to nine characters of one.
BODY_LIMIT = 256 * 1024
PARTNER_WAIT_SECONDS = 10.0
_SLUG = "([a-z0-9][a-z0-9_-]{0,62})"
_PATH = re.compile(f"/f/{_SLUG}/{_SLUG}(?:/(embed\\.js|visit))?", re.ASCII)
_EMBED = (Path(__file__).parent.parent / "static" / "headgate" / "embed.js").read_bytes()
_LONGEST_HEADER = 2_000


class Forms:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._throttle = Throttle(MOST_POSTS, within=WITHIN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], "/f/{account}/{form}"
        match = _PATH.fullmatch(scope["path"])
        try:
            if match is None:
                raise FormNotFound
            account, slug, part = match.groups()
            path += f"/{part}" if part else ""
            request = Request(scope, receive, (account, slug))
            response = await self._respond(request, part)
        except FormNotFound:
            response = not_found_page()
        except Exception as error:
            problem = problem_of(error)
            title = _("That did not work")
            response = notice_page(title, problem.detail, problem.status)
        counting.count_request(method, path, response.status)
        await response.send(send, with_body=method != "HEAD")

    async def _respond(self, request: Request, part: str | None) -> Response:
        shown = await self._doors.read(
            partial(form_filling.find_form, account=request.parts[0], slug=request.parts[1])
        )
        if request.method == "OPTIONS":
            return own_pages.preflight(shown, request)
        if part == "embed.js":
            return own_pages.script(_EMBED)
        reads = request.method in ("GET", "HEAD")
        if part == "visit" and reads:
            return await self._doors.read(partial(own_pages.visit, shown, request, now=clock.now()))
        if part is None and reads:
            return await self._doors.read(partial(_show, shown, request))
        if part is None and request.method == "POST":
            if request.content_type == "application/json":
                return await own_pages.answer(shown, request, self._take_json)
            return await self._take(shown, request)
        detail = f"a form takes GET and POST, not {request.method}"
        raise Problem(405, "method_not_allowed", detail)

    async def _take_json(self, shown: FormShown, request: Request) -> tuple[Receipt, str | None]:
        body = decoding.decode_plain(await request.body(BODY_LIMIT))
        filled = posted.read_json(shown, body, _circumstances(request))
        self._slow_down(shown, filled)
        receipt = await self._receive(shown, filled)
        return receipt, await self._redirect(shown, request, receipt)

    async def _take(self, shown: FormShown, request: Request) -> Response:
        """Take a browser's post; whatever is wrong, what was typed stays in the form."""
        if request.content_type != "application/x-www-form-urlencoded":
            raise Problem(415, "unsupported_media_type", "a form is posted form-encoded")
        flat = decoding.decode_form(await request.body(BODY_LIMIT))
        filled = posted.read_form(shown, flat, _circumstances(request))
        try:
            self._slow_down(shown, filled)
            receipt = await self._receive(shown, filled)
        except (KeyReused, TokenSpent):
            said = _("It has arrived, and one form is one request. Open it anew for another one.")
            return notice_page(_("This form was sent already"), said, 409, form=shown.form)
        except (Flawed, TokenVoid, TooFast, Unavailable) as error:
            return await self._doors.read(partial(_show_again, shown, request, filled, error))
        redirect_url = await self._redirect(shown, request, receipt)
        around = _surroundings(request, filled.circumstances)
        test_lead = receipt.lead.id if receipt.lead.test else None
        return await self._doors.read(
            partial(thanks_page, shown, around, redirect_url, test_lead=test_lead)
        )

    def _slow_down(self, shown: FormShown, filled: Filled) -> None:
        """:raises TooFast:"""
        who = (shown.setup.account.id, network_of(filled.circumstances.address))
        if not self._throttle.allows(who, now=clock.now()):
            raise TooFast(60)

    async def _receive(self, shown: FormShown, filled: Filled) -> Receipt:
        judge = partial(form_filling.fill_in, shown, filled, now=clock.now())
        return await self._doors.receive(await self._doors.read(judge))

    async def _redirect(self, shown: FormShown, request: Request, receipt: Receipt) -> str | None:
        """Return where the visitor goes on to; the accepting partner gets some time to say so."""
        if shown.form.redirect != TO_PARTNER:
            return shown.form.redirect
        lead = receipt.lead
        if receipt.deliveries:
            lead, _made = await settled(lead.id, self._doors, _wait_seconds(request))
        url = lead.redirect_url
        return url if url is not None and is_web_address(url) else None


def _show(shown: FormShown, request: Request) -> Response:
    said = request.parameters()
    now = clock.now()
    permit = form_tokens.read_token(shown.setup, shown.form.slug, said.get("test", ""))
    is_test = permit is not None and permit.test and permit.void_at > now
    token = form_tokens.issue(shown.setup, test=is_test, now=now)
    typed = Typed(values=posted.read_query(shown, said))
    referrer = (request.header(b"referer") or "")[:_LONGEST_HEADER]
    page = said.get("page", "")[:_LONGEST_HEADER]
    around = Surroundings(is_embedded="embed" in said, page=page, referrer=referrer)
    return form_page(shown, typed, token, around)


def _show_again(shown: FormShown, request: Request, filled: Filled, error: Exception) -> Response:
    """Show the form as it was filled in, with a token as old as the one that it had."""
    flaws = error.flaws if isinstance(error, Flawed) else ()
    typed = Typed(filled.values, flaws, filled.consents)
    said, status, retry_after = _SAID[type(error)](error)
    return form_page(
        shown,
        typed,
        _token_again(shown, filled),
        _surroundings(request, filled.circumstances),
        said=said,
        status=status,
        retry_after=retry_after,
    )


_SAID: dict[type[Exception], Callable[[Any], tuple[str, int, int | None]]] = {
    Flawed: lambda _error: ("", 422, None),
    TokenVoid: lambda _error: (
        _("This page was open for more than a day. Nothing was sent yet: please send it again."),
        422,
        None,
    ),
    TooFast: lambda error: (
        _("Too many requests came from here. Nothing was sent yet: please wait a minute."),
        429,
        error.retry_after_seconds,
    ),
    Unavailable: lambda _error: (
        _("It could not be stored just now. Nothing was sent yet: please send it again."),
        503,
        2,
    ),
}


def _token_again(shown: FormShown, filled: Filled) -> Token:
    """Return a new token, as the challenge and the version may be others now."""
    now = clock.now()
    before = form_tokens.read_token(shown.setup, shown.form.slug, filled.token)
    shown_since = now - timedelta(seconds=shown.form.protection.min_seconds)
    if before is not None and before.void_at > now:
        shown_since = before.issued_at
    is_test = before is not None and before.test
    return form_tokens.issue(shown.setup, test=is_test, now=shown_since)


def _circumstances(request: Request) -> Circumstances:
    return Circumstances(
        address=address_behind(request.client, request.header(b"x-forwarded-for") or ""),
        user_agent=request.header(b"user-agent") or "",
        page=request.header(b"referer") or "",
    )


def _surroundings(request: Request, seen: Circumstances) -> Surroundings:
    is_embedded = "embed" in request.parameters()
    return Surroundings(is_embedded=is_embedded, page=seen.page, referrer=seen.referrer)


def _wait_seconds(request: Request) -> float:
    text = request.parameters().get("wait", "")
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return min(float(text), LONGEST_WAIT_SECONDS)
    return PARTNER_WAIT_SECONDS

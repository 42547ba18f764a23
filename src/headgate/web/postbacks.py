"""A delivery's own address: who has it sees a page of buttons, or posts what became of the lead."""

import re
from functools import partial
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from headgate import clock
from headgate.domain.dispositions import Feedback
from headgate.domain.flaws import Flaw, Flawed
from headgate.services import postbacks
from headgate.services.feedback import Heard
from headgate.services.postbacks import Offer
from headgate.web import counting
from headgate.web.api import decoding, feedback
from headgate.web.api.http import (
    LEAD_LIMIT,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    json_response,
    problem_response,
)
from headgate.web.doors import Doors
from headgate.web.errors import Problem, problem_of
from headgate.web.policy import CONTENT_SECURITY_POLICY
from headgate.web.wording import DISPOSITIONS

_PATH = re.compile("/postback/([A-Za-z0-9_-]{20,100})", re.ASCII)
_NAMES = Feedback.__struct_fields__
_HTML = b"text/html; charset=utf-8"
_GUARDS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    # The address is the right to speak of the lead, so it is told to no other site.
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex"),
)


class Postbacks:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, match = scope["method"], _PATH.fullmatch(scope["path"])
        request = Request(scope, receive, match.groups() if match else ("",))
        try:
            feedback.slow_down(request)
            response = await self._respond(request)
        except Exception as error:
            problem = problem_of(error)
            response = _refusal(problem) if _is_for_people(request) else problem_response(problem)
        counting.count_request(method, "/postback/{token}", response.status)
        await response.send(send, with_body=method != "HEAD")

    async def _respond(self, request: Request) -> Response:
        if request.method in ("GET", "HEAD"):
            return await self._show(request)
        if request.method != "POST":
            detail = f"a postback takes GET and POST, not {request.method}"
            raise Problem(405, "method_not_allowed", detail, allow=("GET", "HEAD", "POST"))
        said = _read(await request.body(LEAD_LIMIT), request.content_type)
        if not _is_for_people(request):
            return json_response(feedback.taken(await self._hear(request, said)))
        try:
            await self._hear(request, said)
        except Flawed as flawed:
            return await self._show(request, said=said, flawed=flawed)
        return await self._show(request, done=True)

    async def _hear(self, request: Request, said: Feedback) -> Heard:
        hear = partial(postbacks.hear_by_token, token=request.parts[0], said=said, now=clock.now())
        return await self._doors.write(hear)

    async def _show(
        self,
        request: Request,
        *,
        said: Feedback | None = None,
        flawed: Flawed | None = None,
        done: bool = False,
    ) -> Response:
        """Show the page; mail scanners and previews open it too, so that nothing changes by it."""
        token = request.parts[0]
        offer = await self._doors.read(partial(postbacks.find_offer, token=token))
        if said is None:
            said = Feedback(disposition=request.parameters().get("disposition"))
        page = await self._doors.read(partial(_page, offer, said, flawed, done=done))
        return Response(422 if flawed else 200, page, content_type=_HTML, headers=_GUARDS)


def _page(offer: Offer, said: Feedback, flawed: Flawed | None, *, done: bool) -> bytes:
    context = {
        "offer": offer,
        "done": done,
        "flaws": {flaw.place: flaw.message for flaw in flawed.flaws} if flawed else {},
        "said": said,
        "kinds": [(kind, word) for kind, (_tone, word) in DISPOSITIONS.items()],
        "currency": offer.currency,
    }
    with timezone.override(ZoneInfo(offer.timezone)):
        return render_to_string("postback/page.html", context).encode()


def _refusal(problem: Problem) -> Response:
    titles = {404: _("This address is no longer in use"), 429: _("Please wait a minute")}
    context = {"title": titles.get(problem.status, _("That did not work")), "said": problem.detail}
    page = render_to_string("postback/refusal.html", context).encode()
    return Response(problem.status, page, content_type=_HTML, headers=_GUARDS)


def _is_for_people(request: Request) -> bool:
    return "text/html" in (request.header(b"accept") or "")


def _read(body: bytes, content_type: str) -> Feedback:
    """:raises Problem, Flawed:"""
    if content_type == "application/json":
        return feedback.feedback_of(decoding.decode(body, feedback.told))
    if content_type == "application/x-www-form-urlencoded":
        return _read_form(body)
    detail = "post what became of the lead form-encoded or as application/json"
    raise Problem(415, "unsupported_media_type", detail)


def _read_form(body: bytes) -> Feedback:
    """Read a form, whose other fields are its sender's own business."""
    found = decoding.decode_form(body)
    flaws = [
        Flaw(name, "repeated_parameter", "it stands twice; send it once")
        for name in _NAMES
        if not isinstance(found.get(name, ""), str)
    ]
    if flaws:
        raise Flawed(flaws)
    return Feedback(*(found.get(name) for name in _NAMES))

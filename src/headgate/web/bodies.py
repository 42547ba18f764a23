"""How much a browser may send to a page: little, but for pages that take files, and for members."""

import re
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from headgate.services.imports.uploading import MOST_BYTES
from headgate.web.api.http import MOST_DISCARDED, Receive, Response, Scope, Send
from headgate.web.policy import CONTENT_SECURITY_POLICY

PAGE_LIMIT = 8 * 1024 * 1024
# A form around a file adds its other fields to it.
FILE_LIMIT = MOST_BYTES + 1024 * 1024
_TAKES_FILES = re.compile(r"/imports/new|/settings/suppressions/on/[^/]+/file")


class _TooMuch(Exception):
    pass


class Bounded:
    """Refuses longer bodies before they are whole on the disk: Django would spool any length."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = _limit(scope)
        length, more = 0, False

        async def counted() -> Any:
            nonlocal length, more
            message = await receive()
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
            if length > limit:
                raise _TooMuch
            return message

        try:
            await self._application(scope, counted, send)
        except _TooMuch:
            if more:
                await _read_on(receive)
            await _refusal(limit).send(send)


def _limit(scope: Scope) -> int:
    headers = dict(scope["headers"])
    is_member = settings.SESSION_COOKIE_NAME.encode() in headers.get(b"cookie", b"")
    takes_files = _TAKES_FILES.fullmatch(scope["path"]) is not None
    return FILE_LIMIT if takes_files and is_member else PAGE_LIMIT


async def _read_on(receive: Receive) -> None:
    """Read some of what is still sent: a browser hears no answer before it has sent all."""
    discarded = 0
    while discarded <= MOST_DISCARDED:
        message = await receive()
        discarded += len(message.get("body", b""))
        if not message.get("more_body"):
            return


def _refusal(limit: int) -> Response:
    said = _("At most {megabytes} MB can be sent here. Nothing was taken in.")
    context = {
        "title": _("That is too large"),
        "said": said.format(megabytes=limit // 1024**2),
    }
    return Response(
        413,
        render_to_string("refusal.html", context).encode(),
        content_type=b"text/html; charset=utf-8",
        headers=((b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),),
    )

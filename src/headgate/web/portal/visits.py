"""Who is visiting the portal: its sessions and its cookie are not the console's."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils import timezone

from headgate import clock
from headgate.domain.ids import PortalUserId
from headgate.services.people import portal_access
from headgate.services.people.portal_access import Access

COOKIE = "headgate_portal"
_PATH = "/portal"  # no other page is ever sent the cookie
_USER, _STAMP = "portal_user", "portal_stamp"

_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, Access, _Rest], HttpResponseBase]


class PortalSession(SessionStore):
    """Signed under its class's name: the console cannot read it, nor this the console's."""


def for_partners(
    view: _View[_Rest],
) -> Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase]:
    """Let only people of partners in; the page's times are in their partner's zone."""

    @wraps(view)
    def go_in(
        request: HttpRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs
    ) -> HttpResponseBase:
        access = access_in(request)
        if access is None:
            return redirect("portal-sign-in")
        with timezone.override(zone_of(access)):
            return view(request, access, *args, **kwargs)

    return go_in


def access_in(request: HttpRequest) -> Access | None:
    """Return who is signed in to the portal in this browser."""
    session = PortalSession(request.COOKIES.get(COOKIE))
    user_id, stamp = session.get(_USER), session.get(_STAMP)
    if not isinstance(user_id, int) or not isinstance(stamp, str):
        return None
    return portal_access.access_of(user_id=PortalUserId(user_id), stamp=stamp, now=clock.now())


def zone_of(access: Access) -> ZoneInfo:
    return ZoneInfo(access.partner.timezone or access.setup.configuration.account.timezone)


def enter(request: HttpRequest, access: Access) -> HttpResponse:
    """Begin a session of their own; whatever the browser showed before opens nothing."""
    _end(request)
    session = PortalSession()
    session[_USER], session[_STAMP] = access.user.id, access.stamp
    session.save(must_create=True)
    rotate_token(request)
    response = redirect("portal")
    response.set_cookie(
        COOKIE,
        session.session_key or "",
        max_age=settings.SESSION_COOKIE_AGE,
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def leave(request: HttpRequest) -> HttpResponseRedirect:
    _end(request)
    response = HttpResponseRedirect(f"{_PATH}/sign-in")
    response.delete_cookie(COOKIE, path=_PATH, samesite="Lax")
    return response


def _end(request: HttpRequest) -> None:
    session = PortalSession(request.COOKIES.get(COOKIE))
    if session.get(_USER) is not None:
        session.flush()

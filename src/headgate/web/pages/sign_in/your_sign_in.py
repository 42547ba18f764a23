"""A member looks after how they sign in: password, authenticator app, passkeys, sessions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from msgspec import Struct

from headgate import clock
from headgate.services.people import sign_ins
from headgate.storage import sign_in
from headgate.storage.sign_in import Session
from headgate.web.pages.frame import show
from headgate.web.visits import Visitor, for_members

_DONE = {
    "password": _("Your password is changed; everywhere else you are signed out."),
    "sessions": _("You are signed out everywhere else."),
}


# The first that stands in what a browser calls itself; most claim to be several.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Macintosh": "macOS",
    "Linux": "Linux",
}


class Place(Struct, frozen=True):
    """A session, with its browser's name for people."""

    session: Session
    browser: str


@for_members
def show_sign_in(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    context = {
        "steps": sign_in.second_steps(visitor.user_id),
        "places": [
            Place(each, browser_in_words(each.agent))
            for each in sign_in.sessions(visitor.user_id, now=clock.now())
        ],
        "current": request.session.session_key,
        "done": _DONE.get(request.GET.get("done", "")),
    }
    return show(request, visitor, "your_sign_in/page.html", page="your-sign-in", context=context)


@require_POST
@for_members
def end_other_sessions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    key = request.session.session_key
    sign_ins.end_other_sessions(email=visitor.email, but=key, now=clock.now())
    return redirect(f"{reverse('your-sign-in')}?done=sessions")


def browser_in_words(agent: str) -> str:
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    if browser and system:
        return gettext("{browser} on {system}").format(browser=browser, system=system)
    return browser or system or agent or gettext("A browser without a name")

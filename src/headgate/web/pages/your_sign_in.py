"""A member looks after how they sign in: password, authenticator app, passkeys, sessions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.services import sign_ins
from headgate.storage import sign_in
from headgate.web.pages.frame import show
from headgate.web.visits import Visitor, for_members

_DONE = {
    "password": _("Your password is changed; everywhere else you are signed out."),
    "sessions": _("You are signed out everywhere else."),
}


@for_members
def show_sign_in(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    context = {
        "steps": sign_in.second_steps(visitor.user_id),
        "sessions": sign_in.sessions(visitor.user_id, now=clock.now()),
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

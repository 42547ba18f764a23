"""The members of the account: who they are, what they may do, and how more come."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from headgate import clock
from headgate.domain.ids import UserId
from headgate.services import setups
from headgate.services.people import members
from headgate.services.people.members import Actor, AlreadyMember, LastOwner, NotAllowed, Seat
from headgate.services.people.membership import BadEmail
from headgate.storage import invitations, people
from headgate.storage.people import Role
from headgate.web import mailing
from headgate.web.pages.frame import show
from headgate.web.visits import Visitor, for_owners_and_admins

ROLES: dict[str, tuple[Promise, Promise]] = {
    Role.OWNER: (gettext_lazy("Owner"), gettext_lazy("everything, owners included")),
    Role.ADMIN: (gettext_lazy("Admin"), gettext_lazy("everything but owners")),
    Role.MEMBER: (gettext_lazy("Member"), gettext_lazy("leads and distribution; no settings")),
}
_DONE = {
    "changed": gettext_lazy("Changed."),
    "removed": gettext_lazy("Removed; whatever they have open stops working at once."),
    "withdrawn": gettext_lazy("Withdrawn; the link works no more."),
}
_REFUSALS = (BadEmail, AlreadyMember, members.UnknownEntity, NotAllowed, LastOwner)


@require_safe
@for_owners_and_admins
def list_members(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _show(request, visitor, done=_DONE.get(request.GET.get("done", "")))


@require_POST
@for_owners_and_admins
def invite(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the link this once; it is mailed too where the account can."""
    asked = request.POST.get("email", "")
    try:
        email, token = members.invite(
            account_id=visitor.account_id,
            email=asked,
            seat=_seat(request),
            by=_actor(visitor),
            now=clock.now(),
        )
    except _REFUSALS as refusal:
        return _show(request, visitor, status=422, refused=str(refusal), asked=asked)
    path = reverse("join", args=[token])
    link = f"{settings.BASE_URL}{path}" if settings.BASE_URL else request.build_absolute_uri(path)
    mailed = _mail(visitor, email, link)
    return _show(request, visitor, invited={"email": email, "link": link, "mailed": mailed})


@require_POST
@for_owners_and_admins
def change_member(request: HttpRequest, visitor: Visitor, user_id: int) -> HttpResponse:
    try:
        members.change_member(
            account_id=visitor.account_id,
            user_id=UserId(user_id),
            seat=_seat(request),
            by=_actor(visitor),
            now=clock.now(),
        )
    except _REFUSALS as refusal:
        return _show(request, visitor, status=409, refused=str(refusal))
    return redirect(f"{reverse('members')}?done=changed")


@require_POST
@for_owners_and_admins
def remove_member(request: HttpRequest, visitor: Visitor, user_id: int) -> HttpResponse:
    try:
        members.remove_member(
            account_id=visitor.account_id,
            user_id=UserId(user_id),
            by=_actor(visitor),
            now=clock.now(),
        )
    except _REFUSALS as refusal:
        return _show(request, visitor, status=409, refused=str(refusal))
    return redirect(f"{reverse('members')}?done=removed")


@require_POST
@for_owners_and_admins
def withdraw(
    request: HttpRequest,  # noqa: ARG001
    visitor: Visitor,
    invitation_id: int,
) -> HttpResponse:
    members.withdraw(
        account_id=visitor.account_id,
        invitation_id=invitation_id,
        by=_actor(visitor),
        now=clock.now(),
    )
    return redirect(f"{reverse('members')}?done=withdrawn")


def _actor(visitor: Visitor) -> Actor:
    return Actor(visitor.email, visitor.membership.role)


def _seat(request: HttpRequest) -> Seat:
    said = request.POST.get("role", "")
    role = Role(said) if said in list(Role) else Role.MEMBER
    chosen = tuple(request.POST.getlist("entities"))
    return Seat(role, chosen if request.POST.get("reach") == "some" else None)


def _mail(visitor: Visitor, email: str, link: str) -> bool:
    """Have the invitation mailed; False where the account has no server to do it."""
    account = visitor.membership.name
    text = _(
        "{who} invites you to work with {account} in Headgate.\n\n"
        "Open this link within seven days; it works once:\n{link}\n"
    ).format(who=visitor.email, account=account, link=link)
    subject = _("You are invited to {account}").format(account=account)
    return mailing.tell_for(visitor.account_id, email, subject=subject, text=text)


def _show(
    request: HttpRequest, visitor: Visitor, *, status: int = 200, **said: Any
) -> HttpResponse:
    is_owner = visitor.membership.role is Role.OWNER
    context = {
        **said,
        "members": people.list_members(visitor.account_id),
        "invitations": invitations.list_all(visitor.account_id),
        "now": clock.now(),
        "roles": [(r, *words) for r, words in ROLES.items() if is_owner or r != Role.OWNER],
        "role_words": {role: word for role, (word, _said) in ROLES.items()},
        "entities": visitor.entities,
        "entity_names": {each.slug: each.name for each in visitor.entities},
        "may_touch_owners": is_owner,
        "mails": setups.in_force(visitor.account_id).configuration.email.smtp is not None,
    }
    page = show(request, visitor, "members/list.html", page="members", context=context)
    page.status_code = status
    return page

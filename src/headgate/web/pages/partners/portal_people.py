"""Who of a partner uses its portal: staff invites them, and takes the access away."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.domain.ids import PortalUserId
from headgate.services.people import portal_access
from headgate.services.people.membership import BadEmail
from headgate.web import mailing
from headgate.web.pages.partners import partner
from headgate.web.visits import Visitor, for_owners_and_admins


@require_POST
@for_owners_and_admins
def invite(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Show the link this once; it is mailed too where the account can."""
    partner.want(visitor, slug)
    asked = request.POST.get("email", "")
    try:
        email, token = portal_access.invite(
            account_id=visitor.account_id,
            partner=slug,
            email=asked,
            by=visitor.email,
            now=clock.now(),
        )
    except BadEmail as refusal:
        said = [str(refusal)]
        return partner.show_one(request, visitor, slug, status=422, refused=said, asked=asked)
    path = reverse("portal-password", args=[token])
    link = f"{settings.BASE_URL}{path}" if settings.BASE_URL else request.build_absolute_uri(path)
    invited = {"email": email, "link": link, "mailed": _mail(visitor, email, link)}
    return partner.show_one(request, visitor, slug, invited=invited)


@require_POST
@for_owners_and_admins
def revoke(
    request: HttpRequest,  # noqa: ARG001
    visitor: Visitor,
    slug: str,
    portal_user_id: int,
) -> HttpResponse:
    partner.want(visitor, slug)
    portal_access.revoke(
        account_id=visitor.account_id,
        partner=slug,
        user_id=PortalUserId(portal_user_id),
        by=visitor.email,
        now=clock.now(),
    )
    return redirect(f"{reverse('partner', args=[slug])}?done=revoked")


def _mail(visitor: Visitor, email: str, link: str) -> bool:
    """Have the invitation mailed; False where the account has no server to do it."""
    account = visitor.membership.name
    text = _(
        "{account} invites you to its portal, where you see your leads and answer them.\n\n"
        "Open this link within seven days; it works once:\n{link}\n"
    ).format(account=account, link=link)
    subject = _("Your leads of {account}").format(account=account)
    return mailing.tell_for(visitor.account_id, email, subject=subject, text=text)

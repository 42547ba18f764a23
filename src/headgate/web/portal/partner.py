"""What a partner sees and sets of itself: how many leads it takes, its pause, its contact."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from headgate import clock
from headgate.domain.configuration import editing
from headgate.domain.configuration.editing import Thing
from headgate.domain.flaws import Flawed
from headgate.domain.hours import hours_in_words
from headgate.services import administration, balances, partners
from headgate.services.administration import ChangedMeanwhile
from headgate.services.partners import Reach
from headgate.services.people.portal_access import Access
from headgate.web.pages.partners.partner_words import cap_row, state_of
from headgate.web.portal import visits
from headgate.web.portal.frame import show
from headgate.web.portal.visits import for_partners

_DONE: dict[str | None, Promise] = {
    "paused": _("Paused: no new leads come until you resume."),
    "resumed": _("New leads come again."),
    "saved": _("Saved."),
}


@require_safe
@for_partners
def show_partner(request: HttpRequest, access: Access) -> HttpResponse:
    return _show(request, access, done=_DONE.get(request.GET.get("done")))


@require_POST
@for_partners
def pause(request: HttpRequest, access: Access) -> HttpResponse:
    if not access.partner.portal.pause:
        raise PermissionDenied
    return _change(request, access, "paused", active=False)


@require_POST
@for_partners
def resume(request: HttpRequest, access: Access) -> HttpResponse:
    """What staff holds, staff lets go."""
    if not access.partner.portal.pause or access.partner.hold_open:
        raise PermissionDenied
    return _change(request, access, "resumed", active=True)


@require_POST
@for_partners
def change_contact(request: HttpRequest, access: Access) -> HttpResponse:
    if not access.partner.portal.contact:
        raise PermissionDenied
    contact = request.POST.get("email", "").strip()
    return _change(request, access, "saved", asked=contact, email=contact or None)


def _change(
    request: HttpRequest, access: Access, done: str, *, asked: str | None = None, **changes: Any
) -> HttpResponse:
    account_id = access.user.account_id
    thing = Thing("partners", access.partner.slug)
    version, document = administration.written(account_id=account_id)
    said = editing.find(document, thing) or {}
    try:
        administration.save_thing(
            account_id=account_id,
            kind="partners",
            said={key: value for key, value in (said | changes).items() if value is not None},
            instead=thing,
            seen=version,
            made_by=access.actor,
            now=clock.now(),
        )
    except Flawed as flawed:
        refused = flawed.flaws[0].message if asked is not None else _OTHERWISE
        return _show(request, access, status=422, refused=refused, asked=asked)
    except ChangedMeanwhile:
        return _show(request, access, status=409, refused=_OTHERWISE, asked=asked)
    return redirect(f"{reverse('portal-partner')}?done={done}")


# What else is wrong with the set-up is not for partners to read.
_OTHERWISE = _("it cannot be changed at the moment; try again in a while")


def _show(request: HttpRequest, access: Access, *, status: int = 200, **said: Any) -> HttpResponse:
    setup, partner = access.setup, access.partner
    (standing,) = partners.find_standings(
        account_id=access.user.account_id, partners=[partner], now=clock.now()
    )
    context = {
        **said,
        "state": state_of(partner),
        "balance": balances.find_balance(account_id=access.user.account_id, partner=partner.slug)
        if partner.prepaid
        else None,
        "standing": standing,
        "caps": [cap_row(cap, setup.currency) for cap in standing.caps],
        "hours": hours_in_words(partner.hours) if partner.hours else None,
        "zone": str(visits.zone_of(access)),
        # That the account's own mail server is not set up is not for partners to read.
        "ways": [
            (each.channel, "" if each.reach is Reach.NO_MAIL else each.reach)
            for each in standing.channels
        ],
    }
    return show(
        request, access, "portal/partner.html", page="partner", context=context, status=status
    )

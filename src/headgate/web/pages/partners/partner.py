"""A partner: how it stands, what it got, and what a person may do about it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from headgate import clock
from headgate.domain.assignments import Assignment
from headgate.domain.configuration import editing
from headgate.domain.configuration.editing import Thing, ThingNotThere
from headgate.domain.delivery_settings import DeliverySettings, channel_name
from headgate.domain.flaws import Flawed
from headgate.domain.hours import hours_in_words
from headgate.domain.partners import Partner
from headgate.domain.profiles import Profile
from headgate.services import (
    administration,
    balances,
    catalogue,
    partner_notes,
    partners,
    setups,
    tracking,
    trial_delivery,
)
from headgate.services.administration import ChangedMeanwhile
from headgate.services.catalogue import ThingNotFound
from headgate.services.people import portal_access
from headgate.services.setups import Setup
from headgate.services.trial_delivery import Seats
from headgate.storage.lists import DeliveryFilter
from headgate.storage.partner_notes import Note
from headgate.storage.portal_users import PortalUser
from headgate.web import asking
from headgate.web.pages.deliveries import deliveries, delivery_filter
from headgate.web.pages.frame import Names, show
from headgate.web.pages.partners.partner_words import cap_row, state_of
from headgate.web.pages.reports.report_feedback import last_days
from headgate.web.profile_words import prices_in_words
from headgate.web.visits import Visitor, for_members, for_owners_and_admins
from headgate.web.wording import CHANNELS

_LATEST = 10
_DONE: dict[str | None, Promise] = {
    "saved": _("Saved; every lead from now on is decided by it."),
    "made": _("The partner is there. Give it a place in a profile, and leads can go to it."),
    "paused": _("Paused: it is selected for no lead until you resume it."),
    "resumed": _("It takes leads again."),
    "enabled": _("Leads go this way again from now on."),
    "noted": _("Noted."),
    "note-changed": _("The note says this now."),
    "note-deleted": _("The note is gone."),
    "revoked": _("Their access to the portal is gone, at once."),
}


@require_safe
@for_members
def show_partner(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    return show_one(request, visitor, slug, done=_DONE.get(request.GET.get("done")))


@require_POST
@for_owners_and_admins
def pause_partner(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    holds = request.POST.get("hold") == "yes"
    return _change(request, visitor, slug, "paused", active=False, hold_open=holds)


@require_POST
@for_owners_and_admins
def resume_partner(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    return _change(request, visitor, slug, "resumed", active=True, hold_open=False)


@require_POST
@for_owners_and_admins
def archive_partner(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    try:
        administration.archive_thing(
            account_id=visitor.account_id,
            thing=Thing("partners", slug),
            seen=None,
            made_by=visitor.email,
            now=clock.now(),
        )
    except ThingNotThere as error:
        raise Http404(str(error)) from error
    except Flawed as flawed:
        said = [each.message for each in flawed.flaws]
        return show_one(request, visitor, slug, status=409, refused=said)
    return redirect(f"{reverse('partners')}?done=archived")


@require_POST
@for_owners_and_admins
def enable_channel(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    profile, _, assignment = request.POST.get("seat", "").partition("/")
    try:
        catalogue.enable_channel(
            account_id=visitor.account_id,
            profile=profile,
            slug=assignment,
            by=visitor.email,
            now=clock.now(),
        )
    except ThingNotFound as error:
        raise Http404(str(error)) from error
    return redirect(f"{_address(slug)}?done=enabled")


@require_POST
@for_owners_and_admins
def send_test_delivery(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Send a made-up lead for real, by the settings that are saved, and show what came of it."""
    way = request.POST.get("way", "")
    profile, assignment, fallback = _read_way(way)
    try:
        trial = trial_delivery.make_trial(
            account_id=visitor.account_id,
            partner=slug,
            seats=Seats(profile or None, assignment or None),
            fallback=fallback,
            now=clock.now(),
        )
    except ThingNotFound as error:
        raise Http404(str(error)) from error
    except Flawed as flawed:
        said = [each.message for each in flawed.flaws]
        return show_one(request, visitor, slug, status=409, refused=said)
    sent = None if trial.request is None else asking.ask(request, trial.channel, trial.request)
    return show_one(
        request, visitor, slug, trial=trial_delivery.tell_trial(trial, sent), tried_way=way
    )


def _read_way(said: str) -> tuple[str, str, int]:
    """Read profile, assignment and number of fall-back; without a seat they are the partner's."""
    seat, _, number = said.partition("#")
    profile, _, assignment = seat.partition("/")
    return profile, assignment, int(number) if number.isascii() and number.isdigit() else 0


def _change(
    request: HttpRequest, visitor: Visitor, slug: str, done: str, **changes: bool
) -> HttpResponse:
    thing = Thing("partners", slug)
    version, document = administration.written(account_id=visitor.account_id)
    said = editing.find(document, thing)
    if said is None:
        raise Http404(f"there is no partner {slug!r}")
    try:
        administration.save_thing(
            account_id=visitor.account_id,
            kind="partners",
            said=said | changes,
            instead=thing,
            seen=version,
            made_by=visitor.email,
            now=clock.now(),
        )
    except (ChangedMeanwhile, Flawed) as error:
        return show_one(request, visitor, slug, status=409, refused=[str(error)])
    return redirect(f"{_address(slug)}?done={done}")


def _address(slug: str) -> str:
    return reverse("partner", args=[slug])


def want(visitor: Visitor, slug: str) -> Partner:
    """Return the partner in force; anything else is not found."""
    found = setups.in_force(visitor.account_id).configuration.partner(slug)
    if found is None:
        raise Http404(f"there is no partner {slug!r}")
    return found


def show_one(
    request: HttpRequest, visitor: Visitor, slug: str, *, status: int = 200, **said: object
) -> HttpResponse:
    """Show a partner's page, and what became of an act on it."""
    setup, partner = setups.in_force(visitor.account_id), want(visitor, slug)
    context = said | _standing(visitor, setup, partner) | _surroundings(visitor, setup, partner)
    page = show(request, visitor, "partners/partner.html", page="partners", context=context)
    page.status_code = status
    return page


def _standing(visitor: Visitor, setup: Setup, partner: Partner) -> dict[str, Any]:
    now = clock.now()
    (standing,) = partners.find_standings(
        account_id=setup.account.id,
        partners=[partner],
        entities=delivery_filter.entities_of(visitor),
        now=now,
    )
    since = partners.spans(setup, now)
    names = Names(setup)
    return {
        "channels": [
            (each, list(dict.fromkeys(names.profile(profile) for profile, _ in each.seats)))
            for each in standing.channels
        ],
        "partner": partner,
        "standing": standing,
        "state": state_of(partner),
        "caps": [cap_row(cap, setup.currency) for cap in standing.caps],
        "zone": partner.timezone or setup.configuration.account.timezone,
        "hours": hours_in_words(partner.hours) if partner.hours else None,
        "today": since.today.astimezone(setup.zone).date(),
        "month": since.month.astimezone(setup.zone).date(),
        "feedback": last_days(visitor, partner=partner.slug, entity=visitor.entity),
    }


def _surroundings(visitor: Visitor, setup: Setup, partner: Partner) -> dict[str, Any]:
    latest = tracking.list_deliveries(
        account_id=visitor.account_id,
        wanted=DeliveryFilter(
            partner=partner.slug, test=None, entities=delivery_filter.entities_of(visitor)
        ),
        before=None,
        limit=_LATEST,
    )
    seats = [
        (profile, assignment)
        for profile in setup.configuration.profiles
        for assignment in profile.assignments
        if assignment.partner == partner.slug
    ]
    prices = [prices_in_words(seat, profile, setup.currency) for profile, seat in seats]
    balance = balances.find_balance(account_id=visitor.account_id, partner=partner.slug)
    return {
        "balance": balance if visitor.may_manage else None,
        "seats": [(*seat, ", ".join(price)) for seat, price in zip(seats, prices, strict=True)],
        "portal_users": _portal_users(visitor, partner),
        "notes": _notes(visitor, partner),
        "longest_note": partner_notes.LONGEST,
        "trial_ways": _trial_ways(partner, seats),
        "rows": deliveries.rows_of(visitor, latest.items),
    }


def _notes(visitor: Visitor, partner: Partner) -> list[Note]:
    if not visitor.may_manage:
        return []
    return partner_notes.list_notes(account_id=visitor.account_id, partner=partner.slug)


def _portal_users(visitor: Visitor, partner: Partner) -> list[PortalUser]:
    if not visitor.may_manage:
        return []
    return portal_access.list_users(account_id=visitor.account_id, partner=partner.slug)


def _trial_ways(partner: Partner, seats: list[tuple[Profile, Assignment]]) -> list[tuple[str, str]]:
    """Return every way to it that may be tried: the partner's own, then those of its seats."""
    named = [("", "", partner.all_settings)] + [
        (f"{profile.slug}/{seat.slug}", f"{profile.name}: ", seat.all_settings)
        for profile, seat in seats
    ]
    return [
        (f"{value}#{number}", f"{whose}{_named(settings, number)}")
        for value, whose, ways in named
        for number, settings in enumerate(ways)
    ]


def _named(settings: DeliverySettings, number: int) -> str:
    name = channel_name(settings)
    word = str(CHANNELS.get(name, name))
    return translated("%s (fall-back)") % word if number else word

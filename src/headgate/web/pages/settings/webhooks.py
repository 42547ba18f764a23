"""Webhooks for events: how they stand, what each was told, and what people do about it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from headgate import clock
from headgate.domain.configuration.editing import Thing, ThingNotThere
from headgate.domain.events import EventState, EventType
from headgate.domain.ids import EventId
from headgate.services import administration
from headgate.services.events import standing
from headgate.services.events.standing import EventShown, Standing, WebhookNotFound
from headgate.storage.events import EventNotFound
from headgate.web.event_words import AUDIENCES, EVENTS
from headgate.web.pages import queries
from headgate.web.pages.frame import show
from headgate.web.visits import Visitor, for_owners_and_admins

_DONE: dict[str, Promise] = {
    "saved": _("Saved."),
    "archived": _("The webhook is taken out; it is told of nothing more."),
    "tested": _("A test event is on its way; it stands below with its answer in a moment."),
    "again": _("It is on its way again."),
    "enabled": _("Enabled. What waited for it is on its way."),
    "ended": _("From now on the new secret signs alone."),
}


@require_safe
@for_owners_and_admins
def list_webhooks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    context = {
        "standings": standing.list_webhooks(account_id=visitor.account_id),
        "done": _DONE.get(request.GET.get("done", "")),
    }
    return show(request, visitor, "webhooks/list.html", page="webhooks", context=context)


@require_safe
@for_owners_and_admins
def show_webhook(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    return page_of(request, visitor, slug)


@require_POST
@for_owners_and_admins
def send_test(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:  # noqa: ARG001
    found(visitor, slug)
    standing.send_test(account_id=visitor.account_id, slug=slug, now=clock.now())
    return _back(slug, "tested")


@require_POST
@for_owners_and_admins
def send_again(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Send one event again, or everything that failed."""
    found(visitor, slug)
    who: dict[str, Any] = {"account_id": visitor.account_id, "slug": slug, "now": clock.now()}
    if request.POST.get("failed"):
        standing.send_failed_again(**who)
    else:
        event_id = queries.id_of(request.POST.get("event", ""))
        if event_id is None:
            raise Http404("no event is named")
        try:
            standing.send_again(event_id=EventId(event_id), **who)
        except EventNotFound as missing:
            raise Http404(str(missing)) from missing
    return _back(slug, "again")


@require_POST
@for_owners_and_admins
def enable_webhook(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:  # noqa: ARG001
    found(visitor, slug)
    standing.enable_webhook(
        account_id=visitor.account_id, slug=slug, by=visitor.email, now=clock.now()
    )
    return _back(slug, "enabled")


@require_POST
@for_owners_and_admins
def archive_webhook(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:  # noqa: ARG001
    try:
        administration.archive_thing(
            account_id=visitor.account_id,
            thing=Thing("webhooks", slug),
            seen=None,
            made_by=visitor.email,
            now=clock.now(),
        )
    except ThingNotThere as missing:
        raise Http404(str(missing)) from missing
    return redirect(f"{reverse('webhooks')}?done=archived")


def found(visitor: Visitor, slug: str) -> Standing:
    """:raises Http404:"""
    try:
        return standing.show_webhook(account_id=visitor.account_id, slug=slug)
    except WebhookNotFound as missing:
        raise Http404(str(missing)) from missing


def page_of(
    request: HttpRequest, visitor: Visitor, slug: str, *, new_secret: str | None = None
) -> HttpResponse:
    """Show a webhook with its log; a new secret is shown this once."""
    chosen = request.GET.get("state", "")
    states = [each for each in EventState if each == chosen]
    before = queries.cursor(request)
    here = reverse("webhook", args=[slug])
    stands = found(visitor, slug)
    listed = standing.list_events(
        account_id=visitor.account_id, slug=slug, states=states, before=before, limit=queries.PAGE
    )
    kept = {"state": chosen if states else None}
    context = {
        "standing": stands,
        "webhook": stands.webhook,
        "events": listed.items,
        "words": EVENTS,
        "audience": AUDIENCES[stands.webhook.audience],
        "chosen": chosen,
        "new_secret": new_secret,
        "awaits_test": request.GET.get("done") == "tested"
        and any(map(_is_untried_test, listed.items)),
        "done": _DONE.get(request.GET.get("done", "")),
        "is_later_page": before is not None,
        "older": listed.next and queries.address_of(here, {**kept, "before": listed.next}),
        "newest": queries.address_of(here, kept),
    }
    return show(request, visitor, "webhooks/webhook.html", page="webhooks", context=context)


def _is_untried_test(event: EventShown) -> bool:
    return event.type == EventType.WEBHOOK_TESTED and not event.tries


def _back(slug: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('webhook', args=[slug])}?done={done}")

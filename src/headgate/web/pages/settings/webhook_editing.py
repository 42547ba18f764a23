"""The editor of a webhook for events, and its secrets, each of which is shown once."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration import editing
from headgate.domain.configuration.editing import Document, Thing
from headgate.domain.events import FOR_SOURCES, LISTED, Audience
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.sources import API_SOURCE
from headgate.services import administration, setups
from headgate.services.administration import ChangedMeanwhile
from headgate.services.events.standing import fresh_secret
from headgate.web import drafts
from headgate.web.drafts import BadPlace, Draft
from headgate.web.event_words import AUDIENCES, EVENTS
from headgate.web.pages.frame import Names, show
from headgate.web.pages.settings import webhooks
from headgate.web.visits import Visitor, for_owners_and_admins

_STORED = {"stored": True}


class Edited(Struct, frozen=True):
    """The webhook that is edited: None while it is new."""

    thing: Thing | None
    before: Document


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_webhook(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    version, before = _written(visitor, slug)
    return _edit(request, visitor, Edited(Thing("webhooks", slug), before), version)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def add_webhook(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    version, _ = administration.written(account_id=visitor.account_id)
    return _edit(request, visitor, Edited(None, {}), version)


@require_POST
@for_owners_and_admins
def replace_secret(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Make a new secret beside the one in force, or let the new one sign alone."""
    version, before = _written(visitor, slug)
    is_end = request.POST.get("do") == "end"
    secret = None if is_end else fresh_secret()
    # Where two are stored, the first is the newer one.
    said = {**before, "secret": _STORED if is_end else [secret, _STORED]}
    if isinstance(before["secret"], list) is not is_end:
        return redirect(reverse("webhook", args=[slug]))
    _put(visitor, said, Thing("webhooks", slug), version)
    if secret is None:
        return redirect(f"{reverse('webhook', args=[slug])}?done=ended")
    return webhooks.page_of(request, visitor, slug, new_secret=secret)


def _written(visitor: Visitor, slug: str) -> tuple[int, Document]:
    version, document = administration.written(account_id=visitor.account_id)
    before = editing.find(document, Thing("webhooks", slug))
    if before is None:
        raise Http404(f"there is no webhook {slug!r}")
    return version, before


def _put(visitor: Visitor, said: Document, instead: Thing | None, seen: int) -> None:
    administration.save_thing(
        account_id=visitor.account_id,
        kind="webhooks",
        said=said,
        instead=instead,
        seen=seen,
        made_by=visitor.email,
        now=clock.now(),
    )


def _edit(request: HttpRequest, visitor: Visitor, edited: Edited, version: int) -> HttpResponse:
    if request.method != "POST":
        return _show(request, visitor, edited, Draft(edited.before, version))
    try:
        draft = Draft(drafts.read_posted(request.POST), int(request.POST.get("_seen", "")))
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    if request.POST.get("_do"):
        return _show(request, visitor, edited, draft)
    return _save(request, visitor, edited, draft)


def _save(request: HttpRequest, visitor: Visitor, edited: Edited, draft: Draft) -> HttpResponse:
    said = {**draft.said, "slug": edited.thing.slug if edited.thing else _slug(visitor, draft)}
    secret = _secret_for(edited.before, str(said.get("url", "")))
    said["secret"] = secret or edited.before["secret"]
    try:
        if edited.thing is None and "slug" not in draft.said:
            raise Flawed([Flaw("slug", "required", gettext("the webhook has no name; write one"))])
        _put(visitor, said, edited.thing, draft.seen)
    except Flawed as flawed:
        wrong = Draft(draft.said, draft.seen, tuple(flawed.flaws))
        return _show(request, visitor, edited, wrong, status=422)
    except ChangedMeanwhile as changed:
        told = {"changed_meanwhile": changed.changes}
        return _show(request, visitor, edited, draft, status=409, **told)
    if secret is None:
        return redirect(f"{reverse('webhook', args=[said['slug']])}?done=saved")
    return webhooks.page_of(request, visitor, said["slug"], new_secret=secret)


def _slug(visitor: Visitor, draft: Draft) -> str:
    return administration.new_slug(
        account_id=visitor.account_id, kind="webhooks", name=str(draft.said.get("slug", ""))
    )


def _secret_for(before: Document, url: str) -> str | None:
    """Return a fresh secret where none is stored, or where it would reach another host."""
    if not before or (_STORED in _secrets(before) and _origin(before["url"]) != _origin(url)):
        return fresh_secret()
    return None


def _secrets(before: Document) -> list[object]:
    secret = before["secret"]
    return secret if isinstance(secret, list) else [secret]


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}".lower()


def _show(
    request: HttpRequest,
    visitor: Visitor,
    edited: Edited,
    draft: Draft,
    *,
    status: int = 200,
    **said: object,
) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    names = Names(setup)
    sources = {
        each.slug: names.source(each.entity, each.slug) for each in setup.configuration.sources
    }
    for_source = draft.value("audience") == Audience.SOURCE
    heard = [each for each in LISTED if each in FOR_SOURCES]
    alone = [] if for_source else [each for each in LISTED if each not in FOR_SOURCES]
    context = {
        **said,
        "draft": draft,
        "thing": edited.thing,
        "audiences": list(AUDIENCES.items()),
        "groups": [[(each, EVENTS[each]) for each in group] for group in (heard, alone) if group],
        "events": draft.value("events") or [],
        "entities": [(each.slug, each.name) for each in setup.configuration.entities],
        "chosen_entities": draft.value("entities") or [],
        "sources": [(API_SOURCE, "API"), *((s, n) for s, n in sources.items() if s != API_SOURCE)],
        "chosen_sources": draft.value("sources") or [],
        "for_source": for_source,
    }
    page = show(request, visitor, "webhooks/edit.html", page="webhooks", context=context)
    page.status_code = status
    return page

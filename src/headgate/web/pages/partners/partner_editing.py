"""The editor of a partner: who it is, how leads reach it, when and how many it takes."""

from typing import Any
from zoneinfo import available_timezones

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration import editing
from headgate.domain.configuration.editing import Document, Thing
from headgate.domain.flaws import Flaw, Flawed
from headgate.services import administration, setups
from headgate.services.administration import ChangedMeanwhile
from headgate.web import delivery_drafts, drafts
from headgate.web.drafts import BadPlace, Draft
from headgate.web.pages.distribution import trying
from headgate.web.pages.frame import show
from headgate.web.pages.leads.latest_leads import latest_leads
from headgate.web.visits import Visitor, for_owners_and_admins

# What the form shows; whatever else a partner's document says is kept as it is.
_EDITED = frozenset(
    (
        *("name", "email", "timezone", "duplicate_days", "prepaid", "tags"),
        *("caps", "hours", "test_leads", "delivery", "portal", "billing"),
    )
)
_TEST_LEADS = [
    ("inbox", _("To the test inbox of this console")),
    ("send", _("To the partner, like any other lead")),
]


class Edited(Struct, frozen=True):
    """The partner that is edited: None while it is new."""

    thing: Thing | None
    before: Document


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def edit_partner(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    version, document = administration.written(account_id=visitor.account_id)
    thing = Thing("partners", slug)
    before = editing.find(document, thing)
    if before is None:
        raise Http404(f"there is no partner {slug!r}")
    return _edit(request, visitor, Edited(thing, before), version)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def add_partner(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    version, _ = administration.written(account_id=visitor.account_id)
    return _edit(request, visitor, Edited(None, {}), version)


def _edit(request: HttpRequest, visitor: Visitor, edited: Edited, version: int) -> HttpResponse:
    if request.method != "POST":
        draft = Draft(delivery_drafts.opened(edited.before), version)
        return _show(request, visitor, edited, draft)
    try:
        form = drafts.read_posted(request.POST)
        seen = int(request.POST.get("_seen", ""))
        deed = request.POST.get("_do", "")
        trial = trying.read_deed(deed)
        if deed and trial is None:
            _act(visitor, form, deed)
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    if trial is not None:
        return _try(request, visitor, edited, Draft(form, seen), trial)
    if deed:
        return _show(request, visitor, edited, Draft(form, seen))
    return _save(request, visitor, edited, Draft(form, seen))


def _act(visitor: Visitor, form: Document, deed: str) -> None:
    if deed != "redraw":
        delivery_drafts.act(form, deed)
    fields = [field.key for entity in visitor.entities for field in entity.fields]
    delivery_drafts.suggest(form, list(dict.fromkeys(fields)))


def _try(
    request: HttpRequest, visitor: Visitor, edited: Edited, draft: Draft, deed: trying.Deed
) -> HttpResponse:
    closed = _closed(visitor, edited, draft.said)
    try:
        tried = trying.try_out(
            request, visitor, deed, kind="partners", closed=closed, instead=edited.thing
        )
    except Flawed as flawed:
        return _show(request, visitor, edited, _flawed(draft, flawed.flaws))
    return _show(request, visitor, edited, draft, tried=tried)


def _save(request: HttpRequest, visitor: Visitor, edited: Edited, draft: Draft) -> HttpResponse:
    closed = _closed(visitor, edited, draft.said)
    what: dict[str, Any] = {"account_id": visitor.account_id, "kind": "partners"}
    what |= {"said": closed.said, "instead": edited.thing}
    try:
        if closed.flaws:
            administration.draft_thing(**what)  # what else is wrong is told with them
            raise Flawed(())
        administration.save_thing(**what, seen=draft.seen, made_by=visitor.email, now=clock.now())
    except Flawed as flawed:
        return _show(
            request, visitor, edited, _flawed(draft, closed.seen(flawed.flaws)), status=422
        )
    except ChangedMeanwhile as changed:
        said = {"changed_meanwhile": changed.changes}
        return _show(request, visitor, edited, draft, status=409, **said)
    done = "saved" if edited.thing else "made"
    return redirect(f"{reverse('partner', args=[closed.said['slug']])}?done={done}")


def _closed(visitor: Visitor, edited: Edited, form: Document) -> delivery_drafts.Closed:
    """Return the document of the form; a new partner's slug is made of its name."""
    kept = {key: value for key, value in edited.before.items() if key not in _EDITED}
    if edited.thing is None:
        name = str(form.get("name", ""))
        kept["slug"] = administration.new_slug(
            account_id=visitor.account_id, kind="partners", name=name
        )
    if set(form.get("billing", {})) <= {"reverse_charge", "tell_low_balance"}:
        # Its tick box says something although nothing was filled in.
        form.pop("billing", None)
    closed = delivery_drafts.closed(kept | form)
    if "name" not in form:
        message = gettext("the partner has no name; write one")
        closed.closing.flaws.append(Flaw("name", "required", message))
    return closed


def _flawed(draft: Draft, flaws: Any) -> Draft:
    return Draft(draft.said, draft.seen, tuple(flaws))


def _show(
    request: HttpRequest,
    visitor: Visitor,
    edited: Edited,
    draft: Draft,
    *,
    status: int = 200,
    **said: object,
) -> HttpResponse:
    account = setups.in_force(visitor.account_id).configuration.account
    zone = draft.value("timezone") or account.timezone
    context = {
        **said,
        "draft": draft,
        "slug": edited.thing.slug if edited.thing else None,
        "name": edited.before.get("name"),
        "account": account,
        "zone": zone,
        "zones": sorted(available_timezones()),
        "test_leads": _TEST_LEADS,
        "trial_leads": trying.trial_leads(visitor.entities, latest_leads(visitor, None)),
    }
    page = show(request, visitor, "partners/edit.html", page="partners", context=context)
    page.status_code = status
    return page

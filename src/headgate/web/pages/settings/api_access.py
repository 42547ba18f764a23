"""The account's API keys: made and shown once, listed by their beginnings, revoked."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from headgate import clock
from headgate.domain.ids import KeyId
from headgate.services import setups
from headgate.services.people import api_keys
from headgate.services.people.api_keys import KeyNotFound, SourceNeeded, SourceNotFound
from headgate.storage import keys
from headgate.storage.keys import KeyScope
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_owners_and_admins

_SCOPES = [
    (KeyScope.INTAKE, gettext_lazy("Intake: post leads of one source, and read them back")),
    (KeyScope.READ, gettext_lazy("Read: see everything, change nothing")),
    (KeyScope.ADMIN, gettext_lazy("Admin: everything")),
]
_MOST_NAME = 200


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_and_admins
def list_keys(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method != "POST":
        done = _("Revoked; it fails from now on.") if request.GET.get("done") == "revoked" else ""
        return _show(request, visitor, done=done)
    said = {name: request.POST.get(name, "").strip() for name in ("name", "scope", "source")}
    entity, _slash, source = said["source"].partition("/")
    try:
        scope = KeyScope(said["scope"])
        key = api_keys.create_key(
            account_id=visitor.account_id,
            scope=scope,
            source=source or None if scope is KeyScope.INTAKE else None,
            entity=entity or None,
            name=said["name"][:_MOST_NAME],
            by=visitor.email,
            now=clock.now(),
        )
    except (SourceNeeded, SourceNotFound, ValueError) as refusal:
        return _show(request, visitor, status=422, refused=str(refusal), said=said)
    return _show(request, visitor, key=key)


@require_POST
@for_owners_and_admins
def revoke_key(request: HttpRequest, visitor: Visitor, key_id: int) -> HttpResponse:
    try:
        api_keys.revoke_key(
            account_id=visitor.account_id, key_id=KeyId(key_id), by=visitor.email, now=clock.now()
        )
    except KeyNotFound as refusal:
        return _show(request, visitor, status=404, refused=str(refusal))
    return redirect(f"{reverse('api-access')}?done=revoked")


def _show(
    request: HttpRequest, visitor: Visitor, *, status: int = 200, **context: Any
) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    names, entities = Names(setup), setup.configuration.entities
    context |= {
        "keys": [
            (each, names.source(each.entity, each.source) if each.entity and each.source else None)
            for each in keys.list_all(visitor.account_id)
        ],
        "scopes": _SCOPES,
        "scope_words": {scope: str(words).partition(":")[0] for scope, words in _SCOPES},
        "sources": [
            (f"{entity}/{slug}", f"{names.source(entity, slug)} · {names.entity(entity)}")
            for entity, slug in sorted(setup.plan.identities.sources)
            if setup.source(entity, slug) is not None
        ],
        "has_entities": bool(entities),
    }
    page = show(request, visitor, "api_access/list.html", page="api-access", context=context)
    page.status_code = status
    return page

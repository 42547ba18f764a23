"""A source's keys, and the public address of its specification, are made and made void."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.domain.ids import KeyId
from headgate.services import source_pages, sources
from headgate.services.people import api_keys
from headgate.services.people.api_keys import KeyNotFound
from headgate.storage.keys import KeyScope
from headgate.web.pages.sources import source
from headgate.web.visits import Visitor, for_owners_and_admins

LONGEST_NAME = 100


@require_POST
@for_owners_and_admins
def make_key(request: HttpRequest, visitor: Visitor, entity: str, slug: str) -> HttpResponse:
    """Make a key and show it, this once; earlier keys stay in force until they are revoked."""
    found = source.find(visitor, entity, slug)
    name = request.POST.get("name", "").strip()[:LONGEST_NAME] or found.source.name
    key = api_keys.create_key(
        account_id=visitor.account_id,
        scope=KeyScope.INTAKE,
        source=slug,
        entity=entity,
        name=name,
        by=visitor.email,
        now=clock.now(),
    )
    return source.page_of(request, visitor, found, new_key=key)


@require_POST
@for_owners_and_admins
def revoke_key(
    request: HttpRequest,  # noqa: ARG001
    visitor: Visitor,
    entity: str,
    slug: str,
    number: int,
) -> HttpResponse:
    found = source.find(visitor, entity, slug)
    mine = sources.list_keys(account_id=visitor.account_id, source_id=found.id)
    if number in {each.id for each in mine}:
        # Somebody else may have been quicker.
        with suppress(KeyNotFound):
            api_keys.revoke_key(
                account_id=visitor.account_id,
                key_id=KeyId(number),
                by=visitor.email,
                now=clock.now(),
            )
    return redirect(_address(entity, slug, "revoked"))


@require_POST
@for_owners_and_admins
def change_address(request: HttpRequest, visitor: Visitor, entity: str, slug: str) -> HttpResponse:
    found = source.find(visitor, entity, slug)
    if request.POST.get("do") == "open":
        source_pages.open_page(source_id=found.id)
        return redirect(_address(entity, slug, "opened"))
    source_pages.close_page(source_id=found.id)
    return redirect(_address(entity, slug, "closed"))


def _address(entity: str, slug: str, done: str) -> str:
    return f"{reverse('source', args=[entity, slug])}?done={done}"

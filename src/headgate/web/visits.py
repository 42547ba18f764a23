"""Who is visiting, in which of their accounts, and which kind of leads they look at."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect
from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.ids import AccountId, UserId
from headgate.services import setups
from headgate.storage import people
from headgate.storage.caps import CapFull
from headgate.storage.people import Membership, Role
from headgate.web import refusals, scope

ACCOUNT = "account"  # where the session keeps the slug of the chosen account
ENTITY = "entity"  # where it keeps that of the chosen entity; also its name in addresses

_Rest = ParamSpec("_Rest")


class Visitor(Struct, frozen=True):
    """A signed-in user in one account, whose zone the page's times are in.

    `entities` are those that they may see. `entity` is what they picked in the sidebar, None for
    all of them.
    """

    user_id: UserId
    email: str
    membership: Membership
    memberships: list[Membership]
    timezone: str
    entities: list[Entity]
    entity: str | None

    @property
    def account_id(self) -> AccountId:
        return self.membership.account_id

    @property
    def seen(self) -> tuple[str, ...] | None:
        """Return the slugs of the entities that they may see, None for all; for filters."""
        return self.membership.entities

    def sees(self, entity: str) -> bool:
        return self.seen is None or entity in self.seen

    @property
    def may_manage(self) -> bool:
        """Tell whether their role covers what moves money and partners."""
        return self.membership.role in (Role.OWNER, Role.ADMIN)


_View = Callable[Concatenate[HttpRequest, Visitor, _Rest], HttpResponseBase]


def for_members(
    view: _View[_Rest],
) -> Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase]:
    """Let only members in, and tell the view which account they are visiting."""

    @wraps(view)
    def enter(
        request: HttpRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs
    ) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        user_id = UserId(request.user.pk)
        memberships = people.memberships_of(user_id)
        if not memberships:
            return render(request, "sign_in/no_account.html", status=403)
        visitor = _visitor(request, user_id, memberships)
        if not scope.may_open(request, visitor.account_id, visitor.seen, kwargs):
            raise Http404
        with timezone.override(ZoneInfo(visitor.timezone)):
            try:
                return view(request, visitor, *args, **kwargs)
            except CapFull:
                return refusals.show_place_taken(request)

    return enter


def for_owners_and_admins(
    view: _View[_Rest],
) -> Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase]:
    """Let only owners and admins in."""

    @wraps(view)
    def enter(
        request: HttpRequest, visitor: Visitor, /, *args: _Rest.args, **kwargs: _Rest.kwargs
    ) -> HttpResponseBase:
        if not visitor.may_manage:
            raise PermissionDenied
        return view(request, visitor, *args, **kwargs)

    return for_members(enter)


def for_owners(view: _View[_Rest]) -> Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase]:
    """Let only owners in."""

    @wraps(view)
    def enter(
        request: HttpRequest, visitor: Visitor, /, *args: _Rest.args, **kwargs: _Rest.kwargs
    ) -> HttpResponseBase:
        if visitor.membership.role is not Role.OWNER:
            raise PermissionDenied
        return view(request, visitor, *args, **kwargs)

    return for_members(enter)


def _visitor(request: HttpRequest, user_id: UserId, memberships: list[Membership]) -> Visitor:
    chosen = request.session.get(ACCOUNT)
    membership = next((each for each in memberships if each.slug == chosen), memberships[0])
    said = setups.in_force(membership.account_id).configuration
    seen = membership.entities
    entities = [each for each in said.entities if seen is None or each.slug in seen]
    return Visitor(
        user_id=user_id,
        email=request.user.get_username(),
        membership=membership,
        memberships=memberships,
        timezone=said.account.timezone,
        entities=entities,
        entity=_picked(request, entities),
    )


def _picked(request: HttpRequest, entities: list[Entity]) -> str | None:
    """Return the entity of the address, else of the session; an address picks it for later too."""
    if ENTITY in request.GET:
        wanted = request.GET[ENTITY]
        if wanted != request.session.get(ENTITY, ""):
            request.session[ENTITY] = wanted
    else:
        wanted = request.session.get(ENTITY, "")
    return wanted if wanted in {entity.slug for entity in entities} else None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(settings.LOGIN_URL)
    came_for = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': came_for})}")

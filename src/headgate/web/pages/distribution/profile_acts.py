"""What is done to a whole profile from its list: on and off, copies, order, archiving."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headgate import clock
from headgate.domain.configuration.editing import Document, Thing, ThingNotThere, find
from headgate.domain.flaws import Flawed
from headgate.services import administration, profile_copies, readiness, setups
from headgate.services.administration import ChangedMeanwhile
from headgate.web.naming import Naming
from headgate.web.pages.distribution.distribution import show_list
from headgate.web.profile_words import remarks_in_words
from headgate.web.visits import Visitor, for_members

_Act = Callable[[Visitor, str], str]


@require_POST
@for_members
def switch_profile(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Enable it, unless something keeps it from running; or disable it."""
    wanted = request.POST.get("enabled") == "yes"

    def switch(visitor: Visitor, slug: str) -> str:
        if wanted and (reasons := _reasons_against(visitor, slug)):
            raise _NotReady(reasons)
        _save(visitor, slug, {"enabled": wanted})
        return "on" if wanted else "off"

    return _do(request, visitor, slug, switch)


@require_POST
@for_members
def copy_profile(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    def copy(visitor: Visitor, slug: str) -> str:
        copied = profile_copies.copy_profile(
            account_id=visitor.account_id, slug=slug, made_by=visitor.email, now=clock.now()
        )
        return "copied-without" if copied.without_secrets else "copied"

    return _do(request, visitor, slug, copy)


@require_POST
@for_members
def move_profile(request: HttpRequest, visitor: Visitor, slug: str, way: str) -> HttpResponse:
    """Have it run one place earlier or later among the profiles of its entity."""

    def move(visitor: Visitor, slug: str) -> str:
        said = setups.in_force(visitor.account_id).configuration
        entity = getattr(said.profile(slug), "entity", None)
        slugs = [profile.slug for profile in said.profiles if profile.entity == entity]
        place = slugs.index(slug)
        other = place + (-1 if way == "up" else 1)
        if 0 <= other < len(slugs):
            slugs[place], slugs[other] = slugs[other], slugs[place]
        administration.reorder_things(
            account_id=visitor.account_id,
            kind="profiles",
            slugs=slugs,
            made_by=visitor.email,
            now=clock.now(),
        )
        return "moved"

    return _do(request, visitor, slug, move)


@require_POST
@for_members
def archive_profile(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    def archive(visitor: Visitor, slug: str) -> str:
        version, _document = administration.written(account_id=visitor.account_id)
        administration.archive_thing(
            account_id=visitor.account_id,
            thing=Thing("profiles", slug),
            seen=version,
            made_by=visitor.email,
            now=clock.now(),
        )
        return "archived"

    return _do(request, visitor, slug, archive)


def written_profile(visitor: Visitor, slug: str) -> tuple[int, Document]:
    """Return the version in force and what it says of a profile that the visitor may see.

    :raises Http404:
    """
    version, document = administration.written(account_id=visitor.account_id)
    said = find(document, Thing("profiles", slug))
    if said is None or said["entity"] not in {entity.slug for entity in visitor.entities}:
        raise Http404(f"there is no profile {slug!r}")
    return version, said


class _NotReady(Exception):
    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


def _do(request: HttpRequest, visitor: Visitor, slug: str, act: _Act) -> HttpResponse:
    written_profile(visitor, slug)
    try:
        done = act(visitor, slug)
    except _NotReady as error:
        return show_list(request, visitor, status=409, reasons=error.reasons, unready=slug)
    except Flawed as error:
        said = [str(flaw) for flaw in error.flaws]
        return show_list(request, visitor, status=409, reasons=said, unready=None)
    except ChangedMeanwhile as error:
        naming = Naming(setups.in_force(visitor.account_id).configuration)
        said = [naming.in_line(change) for change in error.changes]
        return show_list(request, visitor, status=409, reasons=said, unready=None)
    except ThingNotThere as error:
        raise Http404(str(error)) from error
    return redirect(f"{reverse('distribution')}?done={done}#profile-{slug}")


def _save(visitor: Visitor, slug: str, changed: dict[str, Any]) -> None:
    version, said = written_profile(visitor, slug)
    administration.save_thing(
        account_id=visitor.account_id,
        kind="profiles",
        said=said | changed,
        instead=Thing("profiles", slug),
        seen=version,
        made_by=visitor.email,
        now=clock.now(),
    )


def _reasons_against(visitor: Visitor, slug: str) -> list[str]:
    said = setups.in_force(visitor.account_id).configuration
    profile = said.profile(slug)
    if profile is None:
        return [_("It is archived.")]
    remarks = readiness.remarks_of(
        account_id=visitor.account_id, configuration=said, profiles=[profile]
    )
    return [each.sentence for each in remarks_in_words(remarks[slug], said) if each.blocks]

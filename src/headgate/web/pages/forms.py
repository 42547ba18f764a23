"""The forms of an account: which there are, where they stand, and trying one out."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration.editing import Thing, ThingNotThere
from headgate.domain.forms import Form
from headgate.services import administration, form_filling, setups
from headgate.services.form_filling import FormNotFound
from headgate.web.pages.frame import Names, show
from headgate.web.visits import Visitor, for_members


class FormRow(Struct, frozen=True):
    form: Form
    entity: str
    source: str
    address: str


@require_safe
@for_members
def list_forms(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    setup = setups.in_force(visitor.account_id)
    names = Names(setup)
    rows = [
        FormRow(
            form=form,
            entity=names.entity(form.entity),
            source=names.source(form.entity, form.source),
            address=address_of(request, visitor, form.slug),
        )
        for form in setup.configuration.forms
        if visitor.sees(form.entity) and visitor.entity in (None, form.entity)
    ]
    context = {"rows": rows, "count": f"{len(rows):,}", "has_entities": bool(visitor.entities)}
    return show(request, visitor, "form_building/list.html", page="forms", context=context)


@require_safe
@for_members
def test_form(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Open the hosted form in such a way that what is sent becomes a test lead."""
    _find(visitor, slug)
    try:
        permit = form_filling.test_permit(account_id=visitor.account_id, slug=slug, now=clock.now())
    except FormNotFound as error:
        raise Http404(str(error)) from error
    return redirect(f"{address_of(request, visitor, slug)}?test={permit}")


@require_POST
@for_members
def archive_form(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:  # noqa: ARG001
    _find(visitor, slug)
    try:
        administration.archive_thing(
            account_id=visitor.account_id,
            thing=Thing("forms", slug),
            seen=None,
            made_by=visitor.email,
            now=clock.now(),
        )
    except ThingNotThere as error:
        raise Http404(str(error)) from error
    return redirect(f"{reverse('forms')}?done=archived")


def address_of(request: HttpRequest, visitor: Visitor, slug: str) -> str:
    """Return where anybody finds the form."""
    base = settings.BASE_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{base}/f/{visitor.membership.slug}/{slug}"


def _find(visitor: Visitor, slug: str) -> Form:
    for form in setups.in_force(visitor.account_id).configuration.forms:
        if form.slug == slug and visitor.sees(form.entity):
            return form
    raise Http404(f"there is no form {slug!r}")

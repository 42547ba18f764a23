"""A source's posting specification: everything that whoever sends its leads has to know."""

from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.fields import Field, FieldType
from headgate.domain.sample_values import sample_values
from headgate.domain.sources import OnDuplicate, Source
from headgate.services import source_pages
from headgate.services.setups import Setup
from headgate.services.source_pages import NoSuchPage
from headgate.services.writing import write_json

KEY = "hg_YOUR_KEY"
_FORMS: dict[FieldType, Promise] = {
    FieldType.TEXT: _("text, at most 1,000 characters"),
    FieldType.TEXTAREA: _("text of several lines, at most 20,000 characters"),
    FieldType.NUMBER: _("number"),
    FieldType.MONEY: _("amount, such as 1250.00"),
    FieldType.EMAIL: _("email address"),
    FieldType.PHONE: _("phone number"),
    FieldType.DATE: _("day, such as 2026-11-23"),
    FieldType.DATETIME: _("moment, such as 2026-11-23T10:00:00Z"),
    FieldType.CHOICE: _("one of these"),
    FieldType.MULTICHOICE: _("a list of these"),
    FieldType.BOOLEAN: _("yes or no"),
    FieldType.URL: _("web address"),
    FieldType.POSTCODE: _("postcode, as text"),
    FieldType.ADDRESS: _("object with line1, line2, city, region, postcode, country"),
}
_DUPLICATES: dict[OnDuplicate, Promise] = {
    OnDuplicate.REJECT: _("is stored as a duplicate and not sold"),
    OnDuplicate.FLAG: _("is taken"),
    OnDuplicate.UPDATE: _("brings its values to the earlier lead, and is not sold again"),
    OnDuplicate.ALLOW: _("is taken"),
}


class FieldSaid(Struct, frozen=True):
    field: Field
    form: Promise
    options: list[tuple[str, str]]


class Specification(Struct, frozen=True):
    account: str
    entity: Entity
    source: Source
    address: str
    fields: list[FieldSaid]
    sample: dict[str, Any]
    match: list[str]
    within_days: int
    duplicates: Promise
    rate: int | None
    currency: str
    key: str = KEY

    @property
    def sample_json(self) -> str:
        return msgspec.json.format(write_json(self.sample).encode(), indent=2).decode()

    @property
    def sample_shell(self) -> str:
        """Write the sample so that a shell's single quotes hold it."""
        return write_json(self.sample).replace("'", "'\\''")


def of(request: HttpRequest, setup: Setup, entity: Entity, source: Source) -> Specification:
    rule = entity.duplicates
    labels = {field.key: field.label for field in entity.fields}
    path = f"/api/v1/intake/{entity.slug}"
    return Specification(
        account=setup.configuration.account.name,
        entity=entity,
        source=source,
        address=f"{settings.BASE_URL}{path}" if settings.BASE_URL else _absolute(request, path),
        fields=[
            FieldSaid(field, _FORMS[field.type], list((field.options or {}).items()))
            for field in entity.fields
        ],
        sample={key: value for key, value in sample_values(entity.fields).items() if value},
        match=[labels.get(key, key) for key in rule.match] if rule else [],
        within_days=rule.within_days if rule else 0,
        duplicates=_DUPLICATES[source.on_duplicate],
        rate=source.rate_per_minute,
        currency=setup.currency,
    )


@require_safe
def show_public(request: HttpRequest, token: str) -> HttpResponse:
    """Show it to whoever has its address."""
    try:
        setup, entity, source = source_pages.find_page(token=token)
    except NoSuchPage as error:
        raise Http404("no specification is open at this address") from error
    page = render_alone(request, of(request, setup, entity, source))
    page.headers["Referrer-Policy"] = "no-referrer"
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def render_alone(request: HttpRequest, said: Specification) -> HttpResponse:
    return render(request, "sources/specification.html", {"spec": said})


def as_file(request: HttpRequest, said: Specification, name: str) -> HttpResponse:
    """Answer with one file that needs nothing beside it."""
    styles = "".join(_style(each) for each in ("tokens", "base", "specification"))
    context = {"spec": said, "styles": styles}
    text = render_to_string("sources/specification.html", context, request)
    answer = HttpResponse(text, content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def public_address(request: HttpRequest, token: str) -> str:
    path = reverse("public-specification", args=[token])
    return f"{settings.BASE_URL}{path}" if settings.BASE_URL else _absolute(request, path)


def _absolute(request: HttpRequest, path: str) -> str:
    return str(request.build_absolute_uri(path))


def _style(name: str) -> str:
    return Path(str(finders.find(f"headgate/{name}.css"))).read_text(encoding="utf-8")

"""What stands around every page of the console: the account, its entity, menu, and where one is."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from headgate.services import mail_pauses, setups
from headgate.services.setups import Setup
from headgate.web.visits import Visitor


class MenuEntry(Struct, frozen=True):
    page: str  # also the name of its address
    icon: str
    label: Promise | str
    for_all: bool = True  # otherwise for owners and admins


MENU = (
    MenuEntry("dashboard", "dashboard", _("Dashboard")),
    MenuEntry("leads", "leads", _("Leads")),
    MenuEntry("distribution", "distribution", _("Distribution")),
    MenuEntry("forms", "forms", _("Forms")),
    MenuEntry("sources", "sources", _("Sources")),
    MenuEntry("partners", "partners", _("Partners")),
    MenuEntry("deliveries", "deliveries", _("Deliveries")),
    MenuEntry("reports", "reports", _("Reports")),
    MenuEntry("invoices", "invoices", _("Invoices"), for_all=False),
    MenuEntry("inbox", "inbox", _("Test inbox")),
)
# The pages of Account Settings, which unfold in the sidebar while one of them is open.
SETTINGS: tuple[MenuEntry, ...] = (
    MenuEntry("general", "settings", _("General"), for_all=False),
    MenuEntry("billing", "settings", _("Billing"), for_all=False),
    MenuEntry("return-rules", "settings", _("Returns"), for_all=False),
    MenuEntry("entities", "settings", _("Entities"), for_all=False),
    MenuEntry("email-settings", "settings", _("Email Settings"), for_all=False),
    MenuEntry("alerts", "settings", _("Alerts"), for_all=False),
    MenuEntry("members", "settings", _("Members"), for_all=False),
    MenuEntry("api-access", "settings", _("API Access"), for_all=False),
    MenuEntry("webhooks", "settings", _("Webhooks"), for_all=False),
    MenuEntry("suppressions", "settings", _("Suppression lists"), for_all=False),
    MenuEntry("retention", "settings", _("Retention"), for_all=False),
    MenuEntry("configuration", "settings", _("Configuration"), for_all=False),
    MenuEntry("audit-log", "settings", _("Audit log"), for_all=False),
)


class Names:
    """The names behind an account's slugs; what is no longer in force goes by its slug."""

    def __init__(self, setup: Setup) -> None:
        said = setup.configuration
        self._entities = {entity.slug: entity.name for entity in said.entities}
        self._partners = {partner.slug: partner.name for partner in said.partners}
        self._profiles = {profile.slug: profile.name for profile in said.profiles}
        self._sources = {(source.entity, source.slug): source.name for source in said.sources}

    def entity(self, slug: str) -> str:
        return self._entities.get(slug, slug)

    def partner(self, slug: str) -> str:
        return self._partners.get(slug, slug)

    def profile(self, slug: str) -> str:
        return self._profiles.get(slug, slug)

    def source(self, entity: str, slug: str) -> str:
        return self._sources.get((entity, slug), "API" if slug == "api" else slug)


def show(
    request: HttpRequest,
    visitor: Visitor,
    template: str,
    *,
    page: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    """Render a page of the console; `page` is the menu entry that it belongs to."""
    settings = _allowed(SETTINGS, visitor)
    around = {
        "visitor": visitor,
        "menu": _allowed(MENU, visitor),
        "settings_menu": settings,
        "in_settings": page in {entry.page for entry in settings},
        "page": page,
        "warned": "email-settings" if settings and _wants_mail(visitor) else "",
    }
    return render(request, template, {**around, **context})


def _allowed(entries: tuple[MenuEntry, ...], visitor: Visitor) -> list[MenuEntry]:
    return [entry for entry in entries if entry.for_all or visitor.may_manage]


def _wants_mail(visitor: Visitor) -> bool:
    """Tell whether the account's mail has no server, or its server refuses the login."""
    smtp = setups.in_force(visitor.account_id).configuration.email.smtp
    return smtp is None or mail_pauses.pause_of(visitor.account_id, smtp) is not None

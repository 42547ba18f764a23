"""The partners of a profile that is edited: folded up in a line, or open with their controls."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from headgate.domain.assignments import OnAmbiguous
from headgate.domain.configuration.editing import Document
from headgate.domain.configuration.value import Configuration
from headgate.domain.delivery_settings import channel_name
from headgate.domain.entities import Entity
from headgate.domain.partners import Partner, tags_of
from headgate.domain.profiles import Strategy
from headgate.services.previewing import Recent
from headgate.web import focusing, hours_drafts, rule_builder
from headgate.web.drafts import Draft
from headgate.web.pages.distribution.rule_previews import Previewer, PreviewShown
from headgate.web.profile_forms import SEATS, ProfileForm
from headgate.web.profile_words import tiers_in_words
from headgate.web.rule_builder import Builder
from headgate.web.wording import CHANNELS


class SeatShown(Struct, frozen=True):
    """`carried` is a folded one as the page carries it along; `builder` an open one's rules.

    `facts` say in a line what is set up, `channel` how its leads are delivered, `deciding` which
    number the strategy goes by, and what it is called; `unfolds` which of its parts are open.
    """

    place: str
    toggle: str
    number: int
    of: int
    name: str
    partner: str
    slug: str
    enabled: bool
    deciding: tuple[str, str]
    facts: list[str]
    channel: str
    inherited: str
    unfolds: dict[str, bool]
    zone: str
    preview: PreviewShown
    carried: str | None
    builder: Builder | None
    notes: list[str]


class SeatsShown(Struct, frozen=True):
    """`unseated` may be added: those that are in the profile already stand last.

    All partners of one of the `tags` may be added at once.
    """

    seats: list[SeatShown]
    unseated: list[tuple[Partner, bool]]
    tags: list[str]
    is_out_of_order: bool


class Seater:
    """Lays the partners of one draft out."""

    def __init__(
        self,
        form: ProfileForm,
        draft: Draft,
        said: Configuration,
        entity: Entity,
        sources: Mapping[str, str],
        *,
        matching: Sequence[Recent],
        previewer: Previewer,
    ) -> None:
        self._form = form
        self._draft = draft
        self._said = said
        self._entity = entity
        self._sources = sources
        self._matching = matching
        self._previewer = previewer

    def show(self) -> SeatsShown:
        seats = self._form.seats
        seated = {str(seat.get("partner")) for seat in seats}
        listed = [(each, each.slug in seated) for each in self._said.partners]
        priorities = [priority for seat in seats if isinstance(priority := _priority(seat), int)]
        return SeatsShown(
            seats=[self._seat(seat, number) for number, seat in enumerate(seats)],
            unseated=sorted(listed, key=lambda each: (each[1], each[0].name.casefold())),
            tags=tags_of(self._said.partners),
            is_out_of_order=self._form.goes_by_priority
            and priorities != sorted(priorities, reverse=True),
        )

    def _seat(self, seat: Document, number: int) -> SeatShown:
        place = f"{SEATS}[{number}]"
        partner = self._said.partner(str(seat.get("partner"))) or Partner(
            str(seat.get("partner", "")), str(seat.get("partner", ""))
        )
        is_open = self._form.is_open(seat)
        builder = None
        if is_open:
            builder = rule_builder.builder_of(
                self._draft, f"{place}.rules", self._entity, self._sources, whose=partner.name
            )
        inherited = self._inherited(partner)
        preview, _matching = self._previewer.show(seat.get("rules"), self._matching, blames=is_open)
        return SeatShown(
            place=place,
            toggle=focusing.seat_toggle(place),
            number=number + 1,
            of=len(self._form.seats),
            name=partner.name,
            partner=partner.slug,
            slug=str(seat.get("slug") or ""),
            enabled=seat.get("enabled", True) is not False,
            deciding=self._deciding(seat),
            facts=self._facts(seat),
            channel=_own_channel(seat) or inherited,
            inherited=_("The partner’s own: %s") % inherited,
            unfolds=_unfolds(seat),
            zone=partner.timezone or self._said.account.timezone,
            preview=preview,
            carried=None if is_open else json.dumps(seat),
            builder=builder,
            notes=[] if partner.active else [_("paused")],
        )

    def _inherited(self, partner: Partner) -> str:
        settings = partner.all_settings
        return _channel(channel_name(settings[0])) if settings else _("No channel yet")

    def _deciding(self, seat: Document) -> tuple[str, str]:
        match self._form.form.get("strategy"):
            case Strategy.WEIGHTED:
                return self._share(seat), _("Weight, and its share where everybody fits")
            case Strategy.BEST_PRICE:
                return str(seat.get("price") or self._form.form.get("price") or 0), _("Price")
            case Strategy.ROUND_ROBIN:
                return "", ""
        return str(_priority(seat)), _("Priority")

    def _share(self, seat: Document) -> str:
        """Return the weight with the part of all weights that it is."""
        weight = _weight(seat)
        whole = sum(_weight(each) for each in self._form.seats)
        return f"{weight} · {100 * weight / whole:.0f} %" if whole else str(weight)

    def _facts(self, seat: Document) -> list[str]:
        facts = []
        if seat.get("price"):
            facts.append(f"{seat['price']} {self._said.account.currency}")
        facts += _tiers(seat)
        caps = len(seat.get("caps") or ())
        if caps:
            facts.append(ngettext("%d cap", "%d caps", caps) % caps)
        if _is_weekly(seat):
            facts.append(_("at certain hours"))
        if "wait" in (seat.get("at_cap"), seat.get("when_closed")):
            facts.append(_("leads may wait"))
        return facts


def _unfolds(seat: Mapping[str, Any]) -> dict[str, bool]:
    """Tell which parts of an open one have something to show that was not there by itself."""
    return {
        "delivery": bool(_own_channel(seat)),
        "tiers": bool(seat.get("price_tiers")),
        "limits": bool(seat.get("caps")) or _is_weekly(seat),
        "doubt": seat.get("on_ambiguous") == OnAmbiguous.NEXT,
    }


def _tiers(seat: Mapping[str, Any]) -> list[str]:
    """Say the prices by volume, as far as they are written already."""
    listed = seat.get("price_tiers")
    return tiers_in_words(
        (tier["after"], str(tier["price"]))
        for tier in (listed if isinstance(listed, list) else ())
        if isinstance(tier, Mapping) and isinstance(tier.get("after"), int) and tier.get("price")
    )


def _is_weekly(seat: Mapping[str, Any]) -> bool:
    hours = seat.get("hours")
    return isinstance(hours, Mapping) and hours.get("when") == hours_drafts.WEEKLY


def _own_channel(seat: Mapping[str, Any]) -> str:
    ways = seat.get("delivery")
    channel = ways[0].get("channel") if isinstance(ways, list) and ways else None
    return _channel(str(channel)) if channel else ""


def _channel(name: str) -> str:
    return str(CHANNELS.get(name, name))


def _weight(seat: Mapping[str, Any]) -> int:
    """Return what an assignment counts for; one that is off, or not a number yet, for nothing."""
    weight = seat.get("weight", 1)
    return weight if isinstance(weight, int) and seat.get("enabled", True) is not False else 0


def _priority(seat: Mapping[str, Any]) -> Any:
    return seat.get("priority", 0)

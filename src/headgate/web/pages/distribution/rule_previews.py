"""The count beside a rule that is being built: which of the last leads would match it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw
from headgate.domain.ids import AccountId
from headgate.domain.rules.reading import read_rule
from headgate.domain.rules.tree import Rule
from headgate.domain.rules.wording import sentence
from headgate.services import previewing
from headgate.services.previewing import Preview, Recent
from headgate.web.wording import lead_name


class SampleShown(Struct, frozen=True):
    name: str
    url: str


class BlamedShown(Struct, frozen=True):
    """What keeps leads out, as a sentence; `unwanted` where it is the holding that does."""

    words: str
    leads: int
    unwanted: bool


class PreviewShown(Struct, frozen=True):
    """`matching` is None while the rule cannot be read; `words` are its plain sentence."""

    words: str
    matching: int | None
    of: int
    samples: list[SampleShown]
    blamed: list[BlamedShown]

    @property
    def per_cent(self) -> int:
        return round(100 * (self.matching or 0) / self.of) if self.of else 0


class Previewer:
    """Asks the drafted rules of one entity of the same leads, which are read once."""

    def __init__(self, account_id: AccountId, entity: Entity) -> None:
        self._account_id = account_id
        self._entity = entity
        self._recent = previewing.recent_leads(account_id=account_id, entity=entity.slug)

    @property
    def recent(self) -> Sequence[Recent]:
        return self._recent

    def show(
        self, raw: Any, among: Sequence[Recent], *, blames: bool = True
    ) -> tuple[PreviewShown, Sequence[Recent]]:
        """Return what is shown of a rule, and which leads match it; all, while it is unfinished."""
        flaws: list[Flaw] = []
        rule = read_rule(raw, place="rules", entity=self._entity, flaws=flaws)
        if flaws:
            return PreviewShown("", None, len(among), [], []), among
        found = previewing.preview_rule(
            account_id=self._account_id,
            rule=rule,
            entity=self._entity,
            among=among,
            blames=blames,
        )
        return self._shown(rule, found), found.matching

    def _shown(self, rule: Rule | None, found: Preview) -> PreviewShown:
        return PreviewShown(
            words=sentence(rule, self._entity),
            matching=len(found.matching),
            of=found.of,
            samples=list(_samples(found.samples)),
            blamed=[
                BlamedShown(
                    words=sentence(each.condition, self._entity),
                    leads=each.leads,
                    unwanted=each.path.count("none[") % 2 == 1,
                )
                for each in found.blamed
            ],
        )


def _samples(recent: Iterable[Recent]) -> Iterable[SampleShown]:
    for each in recent:
        yield SampleShown(lead_name(each.values), reverse("lead", args=[each.lead_id]))

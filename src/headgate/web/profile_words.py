"""Profiles as the console words them: strategies, and what keeps a profile from running."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from headgate.domain.assignments import Assignment
from headgate.domain.configuration.value import Configuration
from headgate.domain.money import format_amount
from headgate.domain.pricing import frozen_price
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.readiness import Lack, Remark

BY_PRIORITY = (Strategy.FIRST_MATCH, Strategy.SEND_TO_ALL)

# What each strategy is called, and what it does with a lead.
STRATEGIES: dict[Strategy, tuple[Promise, Promise]] = {
    Strategy.FIRST_MATCH: (
        gettext_lazy("First match (waterfall)"),
        gettext_lazy(
            "The partner with the highest priority gets the lead. If it refuses, or the delivery "
            "fails, the next one does."
        ),
    ),
    Strategy.ROUND_ROBIN: (
        gettext_lazy("Round robin"),
        gettext_lazy("Whoever has waited longest gets the lead, so that everybody has a turn."),
    ),
    Strategy.WEIGHTED: (
        gettext_lazy("By weight"),
        gettext_lazy(
            "Partners share the leads by their weights: weight 2 gets twice as many as weight 1."
        ),
    ),
    Strategy.BEST_PRICE: (
        gettext_lazy("Best price"),
        gettext_lazy(
            "The partner that pays most gets the lead. If it refuses, or the delivery fails, the "
            "next best price does."
        ),
    ),
    Strategy.SEND_TO_ALL: (
        gettext_lazy("Send to all"),
        gettext_lazy(
            "Every partner that takes such leads gets it, by priority, up to the number that you "
            "set. The lead is not exclusive."
        ),
    ),
}
_LACKS: dict[Lack, Promise] = {
    Lack.NO_PARTNERS: gettext_lazy("It has no partners yet."),
    Lack.ALL_OFF: gettext_lazy("All of its partners are switched off in it."),
    Lack.NO_WEIGHT: gettext_lazy("Every weight is 0, so nobody would get a lead."),
    Lack.NO_DELIVERY: gettext_lazy("Without a channel by which to get leads"),
    Lack.NO_SMTP: gettext_lazy("By email, and no mail server is set up"),
    Lack.PARTNER_PAUSED: gettext_lazy("Paused, so without leads"),
    Lack.CHANNEL_HALTED: gettext_lazy("Channel halted, so without leads until it is enabled again"),
    Lack.CHANNEL_FAILING: gettext_lazy("Channel failing, so without leads for now"),
    Lack.MAIL_PAUSED: gettext_lazy("Mail waits, because the server refuses the login"),
}
_MOST_ALIKE = 3


class RemarkShown(Struct, frozen=True):
    """`partners` are slug and name of the first that it is about, `more` how many others."""

    words: str
    blocks: bool
    lack: str
    partners: tuple[tuple[str, str], ...]
    more: int

    @property
    def sentence(self) -> str:
        names = [name for _slug, name in self.partners]
        if self.more:
            names.append(ngettext("%(n)d more", "%(n)d more", self.more) % {"n": self.more})
        return f"{self.words}: {', '.join(names)}" if names else self.words


def strategy_in_words(profile: Profile) -> str:
    label = str(STRATEGIES[profile.strategy][0])
    if profile.strategy is Strategy.SEND_TO_ALL and profile.max_partners:
        most = profile.max_partners
        counted = ngettext("%(n)d partner at most", "%(n)d partners at most", most) % {"n": most}
        label = f"{label}, {counted}"
    if profile.exclusive is (profile.strategy is Strategy.SEND_TO_ALL):
        label += _(", exclusive") if profile.exclusive else _(", not exclusive")
    return label


def tiers_in_words(tiers: Iterable[tuple[int, str]]) -> list[str]:
    """Say from which lead of the month on there are other prices; the first one says of what."""
    words: list[str] = []
    for after, price in tiers:
        said = {"price": price, "n": after}
        if words:
            words.append(_("%(price)s after %(n)d") % said)
        else:
            first = ngettext(
                "%(price)s after %(n)d lead a month", "%(price)s after %(n)d leads a month", after
            )
            words.append(first % said)
    return words


def prices_in_words(assignment: Assignment, profile: Profile, currency: str) -> list[str]:
    """Say what leads cost there: the price, then those of its volume tiers."""
    prices = [f"{format_amount(frozen_price(assignment, profile), currency)} {currency}"]
    tiers = assignment.price_tiers
    prices += tiers_in_words(
        (tier.after, format_amount(tier.price_minor, currency)) for tier in tiers
    )
    return prices


def remarks_in_words(remarks: Iterable[Remark], configuration: Configuration) -> list[RemarkShown]:
    """Say each once: what is wrong with many partners in the same way is one remark."""
    together: dict[tuple[Lack, str], list[Remark]] = {}
    for remark in remarks:
        told = remark.message if remark.lack is Lack.ADVICE else ""
        together.setdefault((remark.lack, told), []).append(remark)
    return [_shown(lack, alike, told, configuration) for (lack, told), alike in together.items()]


def _shown(lack: Lack, alike: list[Remark], told: str, configuration: Configuration) -> RemarkShown:
    slugs = dict.fromkeys(each.partner for each in alike if each.partner)
    known = [(slug, found.name) for slug in slugs if (found := configuration.partner(slug))]
    return RemarkShown(
        words=f"{told[:1].upper()}{told[1:]}." if lack is Lack.ADVICE else str(_LACKS[lack]),
        blocks=alike[0].blocks,
        lack=str(lack),
        partners=tuple(known[:_MOST_ALIKE]),
        more=max(0, len(known) - _MOST_ALIKE),
    )

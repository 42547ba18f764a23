"""Profiles as the console words them: strategies, and what keeps a profile from running."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from headgate.domain.configuration.value import Configuration
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
    Lack.NO_DELIVERY: gettext_lazy("%(partner)s has no delivery settings: choose a channel."),
    Lack.NO_SMTP: gettext_lazy("%(partner)s gets leads by email, and no mail server is set."),
    Lack.PARTNER_PAUSED: gettext_lazy("%(partner)s is paused and gets nothing."),
    Lack.CHANNEL_HALTED: gettext_lazy("%(partner)s gets nothing: its channel is halted."),
    Lack.CHANNEL_FAILING: gettext_lazy("%(partner)s gets nothing while its channel fails."),
    Lack.MAIL_PAUSED: gettext_lazy("Mail to %(partner)s waits: the server refuses the login."),
    Lack.ADVICE: gettext_lazy("%(message)s."),
}
_MOST_ALIKE = 3


class RemarkShown(Struct, frozen=True):
    """`partners` are the slugs of those that it is about."""

    words: str
    blocks: bool
    lack: str
    partners: tuple[str, ...]


def strategy_in_words(profile: Profile) -> str:
    label = str(STRATEGIES[profile.strategy][0])
    if profile.strategy is Strategy.SEND_TO_ALL and profile.max_partners:
        most = profile.max_partners
        counted = ngettext("%(n)d partner at most", "%(n)d partners at most", most) % {"n": most}
        label = f"{label}, {counted}"
    if profile.exclusive is (profile.strategy is Strategy.SEND_TO_ALL):
        label += _(", exclusive") if profile.exclusive else _(", not exclusive")
    return label


def remarks_in_words(remarks: Iterable[Remark], configuration: Configuration) -> list[RemarkShown]:
    """Say each once: what is wrong with many partners in the same way is one remark."""
    together: dict[tuple[Lack, str], list[Remark]] = {}
    for remark in remarks:
        told = remark.message if remark.lack is Lack.ADVICE else ""
        together.setdefault((remark.lack, told), []).append(remark)
    return [
        RemarkShown(
            words=str(_LACKS[lack])
            % {"partner": _named(alike, configuration), "message": _sentence(told)},
            blocks=alike[0].blocks,
            lack=str(lack),
            partners=tuple(dict.fromkeys(each.partner for each in alike if each.partner)),
        )
        for (lack, told), alike in together.items()
    ]


def _named(remarks: Iterable[Remark], configuration: Configuration) -> str:
    partners = dict.fromkeys(each.partner for each in remarks if each.partner)
    known = [found.name for slug in partners if (found := configuration.partner(slug))]
    more = len(known) - _MOST_ALIKE
    if more > 0:
        known[_MOST_ALIKE:] = [ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
    return ", ".join(known)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]

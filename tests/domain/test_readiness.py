"""What keeps a profile from being enabled, and what only deserves a look."""

import pytest
from msgspec.structs import replace

from headgate.domain.assignments import Assignment
from headgate.domain.caps import Cap, Per, Unit
from headgate.domain.configuration.value import Account, Configuration
from headgate.domain.delivery_settings import Email, Inbox
from headgate.domain.entities import Entity
from headgate.domain.partners import Partner
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.readiness import Lack, Remark, advice_on, remarks_on

PARTNERS = (
    Partner("inbox", "Inbox", delivery=Inbox()),
    Partner("mail", "Mail", delivery=Email(to=("leads@mail.example",))),
    Partner("mute", "Mute"),
    Partner("paused", "Paused", active=False, delivery=Inbox()),
)
CAP_OF_NONE = (Cap(Per.DAY, Unit.LEADS, 0),)


def remarks(*seats: Assignment, **said: object) -> list[Remark]:
    strategy = said.pop("strategy", Strategy.ROUND_ROBIN)
    profile = Profile(
        "homes", "solar", "Homes", exclusive=True, give_up_minutes=15, assignments=seats
    )
    profile = replace(profile, strategy=strategy, **said)  # type: ignore[type-var]
    configuration = Configuration(
        account=Account("acme", "Acme", "UTC", "USD"),
        entities=(Entity("solar", "Solar"),),
        partners=PARTNERS,
        profiles=(profile,),
    )
    troubles = {"halted": Remark(Lack.CHANNEL_HALTED, "inbox")}
    advised = advice_on(configuration)[profile.slug]
    return list(remarks_on(profile, configuration, troubles, advised))


def seat(partner: str, slug: str = "", **said: object) -> Assignment:
    return Assignment(slug or partner, partner, **said)  # type: ignore[arg-type]


class TestAProfile:
    @pytest.mark.parametrize(
        ("seats", "lacks"),
        [
            ((), [Lack.NO_PARTNERS]),
            ((seat("inbox", enabled=False),), [Lack.ALL_OFF]),
            ((seat("mute"),), [Lack.NO_DELIVERY]),
            ((seat("mute", delivery=Inbox()),), []),
            ((seat("mute", enabled=False), seat("inbox")), []),
            ((seat("mail"),), [Lack.NO_SMTP]),
            ((seat("inbox"),), []),
        ],
    )
    def test_is_ready_when_nothing_blocks_it(
        self, seats: tuple[Assignment, ...], lacks: list[Lack]
    ) -> None:
        assert [remark.lack for remark in remarks(*seats)] == lacks
        assert all(remark.blocks for remark in remarks(*seats))

    def test_needs_a_weight_where_weights_decide(self) -> None:
        said = remarks(seat("inbox", weight=0), strategy=Strategy.WEIGHTED)

        assert [remark.lack for remark in said if remark.blocks] == [Lack.NO_WEIGHT]

    def test_may_have_partners_that_get_nothing_now(self) -> None:
        said = remarks(seat("paused"), seat("inbox", "halted"))

        assert [(remark.lack, remark.partner) for remark in said] == [
            (Lack.PARTNER_PAUSED, "paused"),
            (Lack.CHANNEL_HALTED, "inbox"),
        ]
        assert not any(remark.blocks for remark in said)

    def test_is_told_what_lint_says_although_it_is_off(self) -> None:
        said = remarks(seat("inbox", caps=CAP_OF_NONE), strategy=Strategy.FIRST_MATCH)

        assert [remark.lack for remark in said] == [Lack.ADVICE]
        assert "a cap of 0" in said[0].message

    def test_names_what_blocks_first(self) -> None:
        said = remarks(seat("paused"), seat("mute"))

        assert [remark.blocks for remark in said] == [True, False]

"""Shares follow from the recorded verdicts alone."""

from deciding import profile, seat

from headgate.domain.shares import Measure, ProfileShares, measure_of, offers_in
from headgate.domain.verdicts import CAP, RULES, Because, ProfileVerdict, Round, runs_of


def verdict(failed: list[int], *, ranked: tuple[int, ...], selected: bool = True) -> ProfileVerdict:
    return ProfileVerdict(
        "main", True, failed=runs_of(failed), ranked=ranked, selected=ranked[:1] if selected else ()
    )


def round_of(*verdicts: ProfileVerdict) -> Round:
    return Round(1, 0, Because.RECEIVED, 7, "1", {}, verdicts)


def shares_of(strategy: str, *verdicts: ProfileVerdict) -> ProfileShares:
    listed = profile("main", seat("a", weight=3), seat("b", weight=1), strategy=strategy)
    shares = ProfileShares(measure_of(listed))
    for each in verdicts:
        shares.note(listed, each)
    return shares


class TestProfileShares:
    def test_expect_weights_among_those_that_were_eligible(self) -> None:
        both, alone = verdict([0, 0], ranked=(0, 1)), verdict([CAP, 0], ranked=(1,))

        shares = shares_of("weighted", both, alone)

        first, second = shares.seats["a"], shares.seats["b"]
        assert (shares.expected(first), shares.expected(second)) == (0.375, 0.625)
        assert (shares.actual(first), shares.actual(second)) == (0.5, 0.5)
        assert first.reasons == {"cap_reached": 1}

    def test_expect_equal_turns_in_a_round(self) -> None:
        shares = shares_of("round_robin", verdict([0, 0], ranked=(1, 0)))

        assert [shares.expected(each) for each in shares.seats.values()] == [0.5, 0.5]

    def test_say_what_a_seat_could_have_had_by_priority(self) -> None:
        both, none = verdict([0, 0], ranked=(0, 1)), verdict([RULES, CAP | RULES], ranked=())

        shares = shares_of("first_match", both, none)

        assert shares.measure is Measure.ELIGIBLE
        assert [shares.expected(each) for each in shares.seats.values()] == [0.5, 0.5]
        assert [shares.actual(each) for each in shares.seats.values()] == [1.0, 0.0]
        assert shares.seats["b"].reasons == {"rules_not_met": 1}


class TestOffersIn:
    def test_counts_every_selection_and_not_what_another_profile_holds(self) -> None:
        given = verdict([0, 0], ranked=(0, 1))
        taken = ProfileVerdict("other", True, taken_by="main", failed=(64, 1))

        assert list(offers_in([round_of(given, taken), round_of(given)])) == [(7, given)] * 2

    def test_counts_a_lead_that_nobody_got_once_however_often_it_was_looked_at(self) -> None:
        nobody = verdict([CAP, CAP], ranked=())

        assert list(offers_in([round_of(nobody), round_of(nobody)])) == [(7, nobody)]

    def test_leaves_out_what_nobody_could_select_for_another_reason(self) -> None:
        full = verdict([0, 1], ranked=(0,), selected=False)
        unmatched = ProfileVerdict("main", matched=False)

        assert list(offers_in([round_of(full), round_of(unmatched)])) == []

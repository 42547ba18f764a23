"""Why a lead from a form looks like a machine's."""

import pytest

from headgate.domain.forms import Form, Protection, Question, Suspicion, suspicion

ALL = Protection(honeypot=True, min_seconds=2, proof_of_work=True)
NONE = Protection(honeypot=False, min_seconds=0, proof_of_work=False)


class TestSuspicion:
    @pytest.mark.parametrize(
        ("protection", "is_baited", "seconds_shown", "is_proven", "reason"),
        [
            (ALL, False, 2.0, True, None),
            (ALL, True, None, False, Suspicion.HONEYPOT),
            (ALL, False, None, False, Suspicion.NO_TOKEN),
            (ALL, False, 1.9, False, Suspicion.TOO_FAST),
            (ALL, False, -5.0, True, Suspicion.TOO_FAST),
            (ALL, False, 9.0, False, Suspicion.NO_PROOF),
            (NONE, True, None, False, None),
            (Protection(min_seconds=0, proof_of_work=True), False, None, False, Suspicion.NO_PROOF),
            (Protection(), False, 0.5, False, Suspicion.TOO_FAST),
        ],
    )
    def test_has_the_first_reason(
        self,
        protection: Protection,
        is_baited: bool,
        seconds_shown: float | None,
        is_proven: bool,
        reason: Suspicion | None,
    ) -> None:
        found = suspicion(
            protection, is_baited=is_baited, seconds_shown=seconds_shown, is_proven=is_proven
        )

        assert found == reason


class TestAParameter:
    @pytest.mark.parametrize(
        ("question", "parameter"),
        [
            (Question(), None),
            (Question(param="utm_source"), "utm_source"),
            (Question(hidden=True), "campaign"),
            (Question(hidden=True, param="utm_source"), "utm_source"),
            (Question(hidden=True, value="spring"), None),
        ],
    )
    def test_fills_a_field(self, question: Question, parameter: str | None) -> None:
        form = Form("quote", "solar", "site", "Quote", ("campaign",), {"campaign": question})

        assert form.parameter("campaign") == parameter

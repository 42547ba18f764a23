"""From which figures on somebody should look."""

import pytest

from headgate.domain.alerts import AlertKind, cap_finding, unmatched_finding


class TestACap:
    @pytest.mark.parametrize(
        ("used", "limit", "kind"),
        [
            (89, 100, None),
            (90, 100, AlertKind.CAP_NEAR),
            (99, 100, AlertKind.CAP_NEAR),
            (100, 100, AlertKind.CAP_REACHED),
            (120, 100, AlertKind.CAP_REACHED),
            (0, 1, None),
            (1, 1, AlertKind.CAP_REACHED),
            (0, 0, None),
        ],
    )
    def test_is_near_at_nine_tenths_and_reached_at_its_limit(
        self, used: int, limit: int, kind: AlertKind | None
    ) -> None:
        finding = cap_finding(
            "partner a: 100 leads per day", "Anna", "100 leads per day", used=used, limit=limit
        )

        assert (finding and finding.kind) == kind


class TestUnmatchedLeads:
    @pytest.mark.parametrize(
        ("decided", "unmatched", "is_found"),
        [(19, 19, False), (20, 9, False), (20, 10, True), (1_000, 499, False), (1_000, 500, True)],
    )
    def test_are_too_many_from_half_of_twenty_on(
        self, decided: int, unmatched: int, is_found: bool
    ) -> None:
        assert (unmatched_finding(decided=decided, unmatched=unmatched) is not None) is is_found

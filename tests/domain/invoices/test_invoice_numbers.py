"""Numbers and their series."""

from datetime import date

import pytest

from headgate.domain.invoices.numbers import (
    BadNumberFormat,
    check_format,
    number_of,
    series_of,
)

DAY = date(2026, 3, 9)


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("{year}-{number:4}", "2026-0012"),
            ("R{year}/{month}/{number}", "R2026/03/12"),
            ("{number:6}", "000012"),
        ],
    )
    def test_are_written_by_their_format(self, text: str, expected: str) -> None:
        assert number_of(text, DAY, 12) == expected

    def test_begin_anew_with_the_year(self) -> None:
        following = date(2027, 1, 1)

        assert series_of("{year}-{number}", DAY) != series_of("{year}-{number}", following)

    def test_count_on_when_only_their_width_changes(self) -> None:
        assert series_of("{year}-{number:4}", DAY) == series_of("{year}-{number:6}", DAY)


class TestAFormat:
    @pytest.mark.parametrize(
        "text",
        [
            *("{year}", "{number}{number}", "{month}-{number}", "{day}{number}", "#{number}"),
            "LONG-LONG-LONG-LONG-{number}",
        ],
    )
    def test_that_could_repeat_a_number_is_refused(self, text: str) -> None:
        with pytest.raises(BadNumberFormat):
            check_format(text)

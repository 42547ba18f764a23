"""Lines, their tax and their totals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from papers import BUYER, SELLER, STANDARD, entry, some_lines

from headgate.domain.invoices.document import InvoiceKind, kind_of, taxed
from headgate.domain.invoices.lines import Billed, draw_lines, mirrored
from headgate.domain.invoices.tax import Tax, TaxCategory, obstacle, tax_for, tax_on
from headgate.domain.ledger import Kind, effect

billed = st.builds(
    entry,
    st.sampled_from([Kind.CHARGE, Kind.CREDIT]),
    st.integers(0, 10**9),
    st.sampled_from(["Residential", "Commercial"]),
    id=st.integers(0, 2**64),
) | st.builds(
    entry,
    st.just(Kind.ADJUSTMENT),
    st.integers(-(10**9), 10**9),
    st.sampled_from(["Goodwill", "Set-up"]),
    id=st.integers(0, 2**64),
)
entries = st.lists(billed, max_size=30, unique_by=lambda each: each.id)
taxes = st.sampled_from([STANDARD, Tax(TaxCategory.STANDARD, 770), Tax(TaxCategory.OUTSIDE)])


class TestDrawnLines:
    def test_put_leads_of_one_profile_and_price_together(self) -> None:
        lines = some_lines()

        said = [(line.title, line.quantity, line.unit_minor) for line in lines]
        assert said == [
            ("Leads, Residential", 7, 1250),
            ("Returned leads, Residential", -1, 1250),
            ("Goodwill", -1, 500),
        ]

    def test_put_the_higher_price_first(self) -> None:
        drawn = draw_lines([entry(Kind.CHARGE, 5, id=1), entry(Kind.CHARGE, 9, id=2)], STANDARD)

        assert [line.unit_minor for line in drawn.lines] == [9, 5]

    def test_charge_what_an_adjustment_takes(self) -> None:
        (line,) = draw_lines([entry(Kind.ADJUSTMENT, -300, "Set-up")], STANDARD).lines

        assert (line.quantity, line.net_minor) == (1, 300)

    @given(entries, taxes)
    def test_come_to_what_the_ledger_says(self, found: list[Billed], tax: Tax) -> None:
        lines = draw_lines(found, tax).lines

        owed = -sum(effect(each.kind, each.amount_minor) for each in found)
        assert taxed(lines)[1].net_minor == owed

    def test_that_give_nothing_back_are_below_zero_all_the_same(self) -> None:
        (line,) = draw_lines([entry(Kind.CREDIT, 0)], STANDARD).lines

        assert (line.quantity, line.net_minor) == (-1, 0)

    def test_that_take_back_leave_out_what_is_not_counted(self) -> None:
        sold = [entry(Kind.CHARGE, 500, id=n) for n in range(3)]
        lines = draw_lines([*sold, entry(Kind.CREDIT, 500, id=9)], STANDARD).lines

        (line,) = mirrored(lines, {1: 2})

        assert (line.number, line.quantity, line.net_minor) == (1, -2, -1000)

    @given(entries, taxes)
    def test_hold_each_entry_once(self, found: list[Billed], tax: Tax) -> None:
        drawn = draw_lines(found, tax)

        behind = {line.number: 0 for line in drawn.lines}
        for each in found:
            behind[drawn.line_of[each.id]] += each.owed_minor
        assert behind == {line.number: line.net_minor for line in drawn.lines}


class TestTotals:
    @pytest.mark.parametrize(
        ("base_minor", "rate_bp", "expected"),
        [(1000, 1900, 190), (50, 1900, 10), (-50, 1900, -10), (1250, 770, 96), (0, 1900, 0)],
    )
    def test_round_half_away_from_zero(self, base_minor: int, rate_bp: int, expected: int) -> None:
        assert tax_on(base_minor, rate_bp) == expected

    @given(entries, taxes)
    def test_of_a_credit_note_are_those_of_its_invoice(self, found: list[Billed], tax: Tax) -> None:
        lines = draw_lines(found, tax).lines

        counts = {each.number: abs(each.quantity) for each in lines}
        totals, taken_back = taxed(lines)[1], taxed(mirrored(lines, counts))[1]

        assert taken_back.total_minor == -totals.total_minor

    def test_are_rounded_once_a_rate(self) -> None:
        lines = draw_lines([entry(Kind.CHARGE, 3, str(n), id=n) for n in range(10)], STANDARD).lines

        assert taxed(lines)[1].tax_minor == 6  # of 30, not ten times that of 3

    def test_below_zero_make_a_credit_note(self) -> None:
        lines = draw_lines([entry(Kind.CREDIT, 1250)], STANDARD).lines

        assert kind_of(taxed(lines)[1]) is InvoiceKind.CREDIT_NOTE


class TestTheTax:
    @pytest.mark.parametrize(
        ("account_bp", "partner_bp", "reverse", "expected"),
        [
            (1900, None, False, Tax(TaxCategory.STANDARD, 1900)),
            (1900, 700, False, Tax(TaxCategory.STANDARD, 700)),
            (1900, 0, False, Tax(TaxCategory.ZERO)),
            (1900, None, True, Tax(TaxCategory.REVERSE_CHARGE)),
            (None, None, False, Tax(TaxCategory.OUTSIDE)),
        ],
    )
    def test_is_the_partners_before_the_accounts(
        self, account_bp: int | None, partner_bp: int | None, reverse: bool, expected: Tax
    ) -> None:
        seller = replace(SELLER, tax_bp=account_bp)
        buyer = replace(BUYER, tax_bp=partner_bp, reverse_charge=reverse)

        assert tax_for(seller, buyer) == expected

    def test_that_is_reversed_needs_the_accounts_vat_id(self) -> None:
        seller = replace(SELLER, vat_id=None, tax_number="12/345")

        assert obstacle(seller, Tax(TaxCategory.REVERSE_CHARGE))
        assert obstacle(seller, STANDARD) is None

"""Rules as people write them: what is read, and every flaw with its place."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from rule_cases import condition, flaws_of, read

from headgate.domain.rules.tree import Condition, Group, Kind, Operator

GOOD = condition("zip", "equals", "90210")


def nested(depth):
    raw = GOOD
    for _ in range(depth):
        raw = {"all": [raw]}
    return raw


class TestReadRule:
    @pytest.mark.parametrize("raw", [None, {}, {"all": []}, {"any": []}, {"none": []}])
    def test_takes_nothing_as_no_rule(self, raw):
        assert read(raw) is None

    def test_reads_groups_within_groups(self):
        raw = {"any": [{"none": [condition("owner", "is_true")]}, GOOD]}

        owner = Condition("owner", Operator.IS_TRUE)
        zip_code = Condition("zip", Operator.EQUALS, "90210")
        assert read(raw) == Group(Kind.ANY, (Group(Kind.NONE, (owner,)), zip_code))

    def test_goes_five_groups_deep(self):
        assert read(nested(5)) is not None

    @pytest.mark.parametrize(
        ("field", "op", "written", "kept"),
        [
            ("zip", "equals", " 90210 ", "90210"),
            ("note", "equals", "E\u0301", "É"),
            ("note", "contains", "a", "a"),
            ("note", "contains", ["a"], ("a",)),
            ("budget", "equals", 20000, "20000"),
            ("budget", "equals", 20000.50, "20000.5"),
            ("budget", "equals", " 2.00 ", "2"),
            ("budget", "equals", -0.0, "0"),
            ("budget", "equals", 1e-7, "0.0000001"),
            ("budget", "equals", Decimal("1E+3"), "1000"),
            ("budget", "between", ["1", 1], ("1", "1")),
            ("bill", "gt", "12.50", "12.50"),
            ("phone", "equals", "310-555-0123", "+13105550123"),
            ("phone", "contains", "555", "555"),
            ("born", "before", date(2026, 11, 23), "2026-11-23"),
            ("visit", "before", date(2026, 11, 23), "2026-11-23"),
            ("visit", "before", datetime(2026, 11, 23, 10), "2026-11-23T10:00:00"),  # noqa: DTZ001
            ("visit", "before", datetime(2026, 11, 23, tzinfo=UTC), "2026-11-23T00:00:00+00:00"),
            ("visit", "before", "2026-11-23t10:00z", "2026-11-23T10:00Z"),
            ("home", "equals", "A HOUSE", "house"),
            ("home", "in", ["Condo"], ("condo",)),
            ("roof", "contains", "Tiles", "tile"),
            ("status", "equals", "new", "New"),
            ("owner", "equals", "yes", "true"),
            ("owner", "equals", False, "false"),
            ("address.postcode", "starts_with", "9", "9"),
            ("note", "matches", "^a+$", "^a+$"),
        ],
    )
    def test_keeps_values_in_their_canonical_form(self, field, op, written, kept):
        assert read(condition(field, op, written)) == Condition(field, Operator(op), kept)

    def test_leaves_open_whether_ends_are_in_order_when_the_zone_decides(self):
        raw = condition("visit", "between", ["2026-11-23", "2026-11-22T20:00Z"])

        assert read(raw) is not None


class TestFlaws:
    @pytest.mark.parametrize(
        ("raw", "place"),
        [
            ([GOOD], "rules"),
            ("zip is 90210", "rules"),
            ({"every": [GOOD]}, "rules"),
            ({"all": [GOOD], "any": [GOOD]}, "rules"),
            ({"all": GOOD}, "rules.all"),
            ({"all": [GOOD, {"any": []}]}, "rules.all[1].any"),
            ({"all": [GOOD, None]}, "rules.all[1]"),
            ({"all": [GOOD], "name": "x"}, "rules.name"),
            (nested(6), "rules.all[0].all[0].all[0].all[0].all[0]"),
            (GOOD | {"values": 1}, "rules.values"),
            ({"op": "is_empty"}, "rules.field"),
            ({"field": "zip"}, "rules.op"),
            (condition("zap", "is_empty"), "rules.field"),
            (condition(7, "is_empty"), "rules.field"),
            (condition("zip.code", "is_empty"), "rules.field"),
            (condition("address.zip", "is_empty"), "rules.field"),
            (condition("ssn", "is_empty"), "rules.field"),
            (condition("zip", "like", "9"), "rules.op"),
            (condition("zip", ["equals"], "9"), "rules.op"),
            (condition("zip", "before", "9"), "rules.op"),
            (condition("budget", "contains", "9"), "rules.op"),
            (condition("roof", "starts_with", "tile"), "rules.op"),
            (condition("owner", "in", [True]), "rules.op"),
            (condition("address", "equals", "x"), "rules.op"),
            (condition("zip", "is_empty", "x"), "rules.value"),
            (condition("zip", "in"), "rules.value"),
            (condition("zip", "equals"), "rules.value"),
            (condition("zip", "equals", "  "), "rules.value"),
            (condition("zip", "equals", ["9"]), "rules.value"),
            (condition("zip", "in", "9"), "rules.value"),
            (condition("zip", "in", []), "rules.value"),
            (condition("zip", "in", ["9", ""]), "rules.value[1]"),
            (condition("zip", "in", ["9", ["8"]]), "rules.value[1]"),
            (condition("zip", "equals", "a\0b"), "rules.value"),
            (condition("zip", "equals", "\ud800"), "rules.value"),
            (condition("budget", "gt", "much"), "rules.value"),
            (condition("budget", "gt", "1_000"), "rules.value"),
            (condition("budget", "gt", True), "rules.value"),
            (condition("budget", "gt", float("nan")), "rules.value"),
            (condition("budget", "gt", Decimal("Infinity")), "rules.value"),
            (condition("budget", "gt", "1e999"), "rules.value"),
            (condition("budget", "gt", 10**5000), "rules.value"),
            (condition("budget", "between", [1]), "rules.value"),
            (condition("budget", "between", [1, 2, 3]), "rules.value"),
            (condition("budget", "between", [2, 1]), "rules.value"),
            (condition("visit", "between", ["2026-11-24", "2026-11-23"]), "rules.value"),
            (condition("visit", "between", ["2026-11-24", "2026-11-22T09:00Z"]), "rules.value"),
            (condition("bill", "gt", "a lot"), "rules.value"),
            (condition("born", "before", "23.11.2026"), "rules.value"),
            (condition("born", "before", "2026-02-30"), "rules.value"),
            (condition("born", "before", datetime(2026, 1, 1, tzinfo=UTC)), "rules.value"),
            (condition("born", "before", 2026), "rules.value"),
            (condition("visit", "before", "2026-W01-1"), "rules.value"),
            (condition("visit", "before", "2026-11-23T25:00:00Z"), "rules.value"),
            (condition("visit", "before", "tomorrow"), "rules.value"),
            (condition("home", "equals", "boat"), "rules.value"),
            (condition("roof", "contains", ["tile", "straw"]), "rules.value[1]"),
            (condition("status", "in", ["New", "Old"]), "rules.value[1]"),
            (condition("phone", "equals", "12"), "rules.value"),
            (condition("owner", "equals", "maybe"), "rules.value"),
            (condition("owner", "equals", 1), "rules.value"),
            (condition("note", "matches", "(a"), "rules.value"),
            (condition("note", "matches", "(?=a)"), "rules.value"),
            (condition("note", "matches", "a" * 501), "rules.value"),
            (condition("note", "matches", "((a{100}){100}){100}"), "rules.value"),
        ],
    )
    def test_stand_at_their_place(self, raw, place):
        assert [flaw.place for flaw in flaws_of(raw)] == [place]

    def test_are_all_found_in_one_pass(self):
        raw = {
            "any": [
                {"all": [GOOD, condition("zip", "in", ["9", 9, True])]},
                condition("zap", "near"),
                {"none": [condition("budget", "gt", "much") | {"unit": "$"}]},
            ]
        }

        assert [flaw.place for flaw in flaws_of(raw)] == [
            "rules.any[0].all[1].value[1]",
            "rules.any[0].all[1].value[2]",
            "rules.any[1].field",
            "rules.any[1].op",
            "rules.any[2].none[0].unit",
            "rules.any[2].none[0].value",
        ]

    @pytest.mark.parametrize("field", ["zip", "note", "phone", "home", "status", "source", "bill"])
    @pytest.mark.parametrize(
        ("bare", "quoted"),
        [
            (90210, "90210"),
            (9.5, "9.5"),
            (Decimal("9.50"), "9.50"),
            (True, "true"),
            (date(2026, 1, 2), "2026-01-02"),
        ],
    )
    def test_say_to_quote_what_is_compared_with_text(self, field, bare, quoted):
        (flaw,) = flaws_of(condition(field, "equals", bare))

        assert flaw.message.startswith(f'write "{quoted}" with quotes')

    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (condition("ssn", "is_empty"), "encrypted, and a rule would show its values"),
            (condition("zap", "is_empty"), "no field 'zap'; allowed are note, story, budget"),
            (condition("born", "contains", "1"), "contains does not fit Born; allowed are equals"),
            (condition("address", "equals", "1"), "name a part such as address.postcode"),
            (condition("zip", "equals", ["1"]), "use in for any of several"),
            (condition("status", "equals", "Old"), "Status's values: New, Contacted, Won"),
            (condition("budget", "between", [2, 1]), "the lower value comes first: 1, 2"),
            (condition("note", "matches", "(a"), "not an RE2 pattern: missing )"),
        ],
    )
    def test_say_what_is_allowed(self, raw, words):
        (flaw,) = flaws_of(raw)

        assert words in flaw.message

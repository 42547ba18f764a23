from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.cleaning import compile_cleaner
from headgate.domain.fields import ADDRESS_PARTS, Field, FieldType

DENVER = ZoneInfo("America/Denver")
EVERY_TYPE = tuple(
    Field(
        key=kind.value,
        type=kind,
        label=kind.value.title(),
        options={"house": "House", "condo": "Condo"},
        region="US",
    )
    for kind in FieldType
)
CLEAN_ANY = compile_cleaner(EVERY_TYPE, zone=DENVER, currency="USD")

NASTY = (
    *("null", "undefined", "NaN", "1e309", "-0", "0x0", "1;DROP TABLE leads", "{{ 7*7 }}", "%s%n"),
    *("../../etc/passwd", "=cmd|' /C calc'!A0", "\ufeffBOM", "\u200b", "\u202eevil", "\ufffe"),
    *("a\x00b", "\ud83d", "\udc00\ud800", "\r\n\r\n", "\x1b[31m", "\x7f", "Z\u0351\u036b\u0343a"),
    *("\u0315\u0300" * 2_000, "\u1f82" * 1_001, "\u2126\u212b", "\ufdfa" * 60, "\U0010ffff"),
    *("9" * 5_000, "." * 500, "a@" * 200, "http://[", "http://\u2100", "2026-99-99T99:99:99Z"),
    *("+" * 300, "\u0661\u0662\u0663", "tel:+1-201-555-0123;ext=5", "1-800-FLOWERS", "house,barn"),
)
PLAUSIBLE = (
    *("ann@example.com", "Ann@B\u00dcCHER.example", "(212) 555-0123", "+442079460958", "12.50"),
    *("2026-11-23", "2026-11-23T10:00", "2026-11-23T10:00:00.9999+05:30", "Condo|house", "HOUSE"),
    *(
        "yes",
        "https://example.com/\u0061\u0301",
        " a\u2000b ",
        "a\r\nb",
        12.25,
        1e-7,
        -0.0,
        1,
        True,
    ),
)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=30)
SCALARS = (
    st.sampled_from(NASTY + PLAUSIBLE)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=True)
    | TEXTS
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(ADDRESS_PARTS) | TEXTS, inner, max_size=3)
    ),
    max_leaves=5,
)
PAYLOADS = st.dictionaries(st.sampled_from([field.key for field in EVERY_TYPE]), JSON, max_size=6)


def cleaner_of(*fields: Field):
    return compile_cleaner(fields, zone=DENVER, currency="USD")


class TestCleaner:
    def test_keeps_values_in_the_order_of_the_fields(self):
        cleaned = CLEAN_ANY({"postcode": "00501", "text": "Ann", "email": ""})

        assert list(cleaned.values.items()) == [("text", "Ann"), ("postcode", "00501")]

    def test_reports_every_flaw(self):
        cleaned = CLEAN_ANY({"email": "x", "number": "y", "colour": "red", "text": "Ann"})

        assert {(flaw.place, flaw.code) for flaw in cleaned.flaws} == {
            ("email", "not_an_email"),
            ("number", "not_a_number"),
            ("colour", "unknown_field"),
        }

    def test_reports_an_unknown_name_in_characters_that_can_be_sent(self):
        cleaned = CLEAN_ANY({"\ud800" + "x" * 500: 1})

        assert cleaned.flaws[0].place == "\ufffd" + "x" * 99

    def test_refuses_more_than_two_hundred_fields_as_a_whole(self):
        cleaned = CLEAN_ANY({f"key{n}": "x" for n in range(201)})

        assert [(flaw.place, flaw.code) for flaw in cleaned.flaws] == [("", "too_many_fields")]

    @pytest.mark.parametrize("payload", [{}, {"name": None}, {"name": "  "}])
    def test_asks_for_a_required_value(self, payload):
        clean = cleaner_of(Field("name", FieldType.TEXT, "Name", required=True))

        assert [(flaw.place, flaw.code) for flaw in clean(payload).flaws] == [("name", "required")]

    def test_reports_a_bad_required_value_once(self):
        clean = cleaner_of(Field("name", FieldType.TEXT, "Name", required=True))

        assert [flaw.code for flaw in clean({"name": 5}).flaws] == ["bad_type"]

    def test_cleans_encrypted_fields_like_any_other(self):
        clean = cleaner_of(Field("ssn", FieldType.TEXT, "SSN", encrypted=True))

        assert clean({"ssn": " 078 "}).values == {"ssn": "078"}

    def test_never_repeats_a_value_in_a_message(self):
        payload = {field.key: "s3cret" for field in EVERY_TYPE}

        assert "s3cret" not in " ".join(map(str, CLEAN_ANY(payload).flaws))


class TestDefault:
    @pytest.mark.parametrize(
        ("kind", "default", "value"),
        [
            (FieldType.NUMBER, "5", 5),
            (FieldType.BOOLEAN, "no", False),
            (FieldType.CHOICE, "House", "house"),
            (FieldType.MULTICHOICE, "house, condo", ["house", "condo"]),
        ],
    )
    def test_is_cleaned_and_stands_in_for_an_absent_value(self, kind, default, value):
        options = {"house": "House", "condo": "Condo"}
        clean = cleaner_of(Field("it", kind, "It", required=True, default=default, options=options))

        assert clean({"it": ""}).values == {"it": value}

    def test_gives_way_to_a_value(self):
        clean = cleaner_of(Field("it", FieldType.NUMBER, "It", default="5"))

        assert clean({"it": 0}).values == {"it": 0}

    def test_is_reported_when_it_is_flawed_itself(self):
        clean = cleaner_of(Field("it", FieldType.NUMBER, "It", default="many"))

        assert [flaw.code for flaw in clean({}).flaws] == ["bad_default"]


class TestLaws:
    @given(PAYLOADS)
    def test_cleaning_never_raises_and_gives_what_can_be_stored(self, payload):
        cleaned = CLEAN_ANY(payload)

        assert msgspec.json.encode(cleaned)

    @given(PAYLOADS)
    def test_cleaning_again_changes_nothing(self, payload):
        values = CLEAN_ANY(payload).values

        again = CLEAN_ANY(msgspec.json.decode(msgspec.json.encode(values)))

        assert (again.values, again.flaws) == (values, ())

    @pytest.mark.parametrize("value", NASTY)
    @pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {"line1": v}])
    def test_nasty_values_are_kept_or_refused_in_every_field(self, value, wrap):
        for field in EVERY_TYPE:
            cleaned = CLEAN_ANY({field.key: wrap(value)})

            assert not (cleaned.values and cleaned.flaws)

import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.cleaning.texts import folded, storable


class TestText:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("  Ann  ", "Ann"),
            ("Zoe\u0308", "Zo\u00eb"),
            ("a\nb", "a b"),
            ("a\r\nb", "a b"),
            ("a\vb\fc\x85d\u2028e\u2029f", "a b c d e f"),
            ("\u00a0Ann\u2003", "Ann"),
            ("00501", "00501"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("=1+1", "=1+1"),
            ("\u202etxet", "\u202etxet"),
            ("\U0001f469\u200d\U0001f33e", "\U0001f469\u200d\U0001f33e"),
        ],
    )
    def test_is_one_trimmed_line_in_nfc(self, value_of, given, kept):
        assert value_of("text", given) == kept

    @pytest.mark.parametrize("blank", [None, "", "   ", "\n\t", "\u00a0"])
    def test_is_absent_when_blank(self, value_of, blank):
        assert value_of("text", blank) is None

    @pytest.mark.parametrize("bad", ["a\x00b", "\ud800", "a\udfff"])
    def test_refuses_what_no_database_takes(self, code_of, bad):
        assert code_of("text", bad) == "bad_character"

    @pytest.mark.parametrize("other", [90210, 1.5, True, ["a"], {"a": "b"}])
    def test_refuses_another_type(self, code_of, other):
        assert code_of("text", other) == "bad_type"

    def test_says_to_quote_a_bare_number(self, clean_one):
        cleaned = clean_one("postcode", 90210)

        assert str(cleaned.flaws[0]) == 'it: must be text: put it in quotes, such as "90210"'

    def test_holds_a_thousand_characters_after_normalising(self, value_of):
        assert value_of("text", "e\u0301" * 1_000) == "\u00e9" * 1_000

    @pytest.mark.parametrize("long", ["x" * 1_001, "\u00e9" * 1_001, "\u00e9" * 9_000])
    def test_refuses_more_than_a_thousand_characters(self, code_of, long):
        assert code_of("text", long) == "too_long"

    def test_refuses_an_endless_pile_of_accents_quickly(self, code_of):
        started = perf_counter()

        code = code_of("textarea", "x" + "\u0315\u0300" * 15_000)

        assert (code, perf_counter() - started < 0.5) == ("bad_character", True)


class TestTextarea:
    @pytest.mark.parametrize(
        "given", ["a\r\nb", "a\nb", "a\rb", "  a\u2028b\n", "a\x85b", "a\vb", "a\fb"]
    )
    def test_keeps_line_breaks_as_lf(self, value_of, given):
        assert value_of("textarea", given) == "a\nb"

    def test_holds_twenty_thousand_characters(self, value_of, code_of):
        assert value_of("textarea", "x" * 20_000) == "x" * 20_000
        assert code_of("textarea", "x" * 20_001) == "too_long"


class TestPostcode:
    def test_keeps_leading_zeros(self, value_of):
        assert value_of("postcode", " 00501 ") == "00501"


class TestFolded:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Ann  Lee", " ann lee "),
            ("STRASSE", "stra\u00dfe"),
            ("E\u0301va", "\u00e9va"),
            ("a\u00a0b", "a b"),
        ],
    )
    def test_makes_texts_that_read_alike_equal(self, one, other):
        assert folded(one) == folded(other)


class TestStorable:
    @given(st.text())
    def test_leaves_only_what_utf8_and_databases_hold(self, text):
        kept = storable(text + "\x00\ud800")

        assert "\x00" not in kept.encode().decode()

    def test_leaves_ordinary_text_alone(self):
        text = unicodedata.normalize("NFC", "Zo\u00eb \U0001f33e")

        assert storable(text) == text

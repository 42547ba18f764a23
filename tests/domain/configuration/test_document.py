"""The text of a file becomes plain values, or a flaw with its line."""

import pytest

from headgate.domain.configuration.document import MAX_BYTES, read_document
from headgate.domain.flaws import Flawed


def flaw_of(text: str | bytes) -> tuple[str, str]:
    with pytest.raises(Flawed) as refusal:
        read_document(text.encode() if isinstance(text, str) else text)
    (flaw,) = refusal.value.flaws
    return flaw.place, flaw.code


class TestADocument:
    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("true", True),
            ("false", False),
            ("yes", "yes"),
            ("on", "on"),
            ("~", None),
            ("", None),
            ("null", None),
            ("12", 12),
            ("-1", -1),
            ("090", 90),
            ("0x1F", 31),
            ("1.50", 1.5),
            ("1e3", 1000.0),
            ("1_000", "1_000"),
            ("12:30", "12:30"),
            ("2026-12-25", "2026-12-25"),
            ("'true'", "true"),
            ('"090"', "090"),
            ("<<", "<<"),
        ],
    )
    def test_reads_scalars_as_yaml_1_2_does(self, written: str, value: object) -> None:
        assert read_document(f"key: {written}".encode()) == {"key": value}

    @pytest.mark.parametrize("written", ["090", "0x1F", "1.50", "1e3"])
    def test_remembers_how_a_number_was_written(self, written: str) -> None:
        assert str(read_document(f"key: {written}".encode())["key"]) == written

    def test_reads_json(self) -> None:
        text = '{\n\t"a": [1, 1.50, true, null, "\\ud83d\\ude00"],\n\t"b": {}\n}'

        assert read_document(text.encode()) == {"a": [1, 1.5, True, None, "😀"], "b": {}}

    def test_reads_a_flow_mapping_that_is_not_json(self) -> None:
        assert read_document(b"{version: 1}") == {"version": 1}

    def test_may_begin_with_a_byte_order_mark(self) -> None:
        assert read_document("\ufeffversion: 1".encode()) == {"version": 1}

    @pytest.mark.parametrize(
        ("text", "place", "code"),
        [
            ("", "file", "not_a_mapping"),
            ("- 1", "file", "not_a_mapping"),
            ("a: 1\nb: 2\na: 3", "line 3", "repeated_key"),
            ('{"a": 1, "a": 2}', "a", "repeated_key"),
            ("a: &x 1", "line 1", "anchor"),
            ("a: 1\nb: *x", "line 2", "anchor"),
            ("a: !!python/name:os.system x", "line 1", "tag"),
            ("a: !x 1", "line 1", "tag"),
            ("a: 1\n---\nb: 2", "line 2", "syntax"),
            ("a: [1, 2 ]]", "line 1", "syntax"),
            ("a: 1\n b: 2", "line 2", "syntax"),
            ("? [a]\n: 1", "line 1", "syntax"),
            ('{"a": NaN}', "file", "syntax"),
            ("a: " + "9" * 5_000, "line 1", "syntax"),
            ('{"a": ' + "9" * 5_000 + "}", "file", "syntax"),
            ("a: " + "[" * 100_000, "line 1", "syntax"),
            ("a: " + "[" * 40 + "]" * 40, "line 1", "too_deep"),
            ('{"a": ' + "[" * 40 + "]" * 40 + "}", "file", "too_deep"),
            ('{"a": ' + "[" * 90_000 + "]" * 90_000 + "}", "file", "too_deep"),
            ("a: \x07", "file", "syntax"),
            (b"a: 1\nb: \xff", "line 2", "not_utf8"),
            (b"#" * (MAX_BYTES + 1), "file", "too_large"),
        ],
    )
    def test_refuses_what_it_may_not_be(self, text: str | bytes, place: str, code: str) -> None:
        assert flaw_of(text) == (place, code)

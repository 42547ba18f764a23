import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.csv_files import BadCsv, UnknownEncoding, encoding_of, lines_of

TEXT = "name,city\r\nZoë,Köln\nJosé,São Paulo\rAnn,Ålesund"
LINES = ["name,city\r\n", "Zoë,Köln\n", "José,São Paulo\r", "Ann,Ålesund"]


def in_pieces(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


class TestEncoding:
    @pytest.mark.parametrize("size", [1, 2, 5, 1000])
    @pytest.mark.parametrize(
        ("content", "encoding"),
        [
            (TEXT.encode(), "utf-8"),
            (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
            (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
            (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
            (TEXT.encode("utf-16-le"), "utf-16-le"),
            (TEXT.encode("utf-16-be"), "utf-16-be"),
            (TEXT.encode("cp1252"), "cp1252"),
        ],
    )
    def test_is_found_whatever_the_pieces(self, content: bytes, encoding: str, size: int) -> None:
        pieces = in_pieces(content, size)

        found = encoding_of(pieces)

        assert found == encoding
        assert list(lines_of(pieces, found)) == LINES

    def test_is_utf8_for_a_file_that_leaves_ascii_late(self) -> None:
        pieces = [b"name\n", b"Ann\n" * 50_000, "Zoë".encode()]

        assert encoding_of(pieces) == "utf-8"

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("имя,город\nИван,Москва\n", "cp1251"),
            ("jméno\nŽluťoučký kůň\n", "cp1250"),
            ("名前,町\n田中,東京\n", "shift_jis"),
        ],
    )
    def test_is_not_guessed_where_a_guess_would_spoil_names(self, text: str, encoding: str) -> None:
        with pytest.raises(UnknownEncoding, match="in which encoding"):
            encoding_of([text.encode(encoding)])


class TestLines:
    @pytest.mark.parametrize(
        ("content", "encoding", "line"),
        [
            (b"a\nb\n\xff\n", "utf-8", 3),
            (b"a\r\nb\r\xe9", "utf-8", 3),
            (b"a\n\x81\n", "cp1252", 2),
            ("a\nb".encode("utf-16") + b"\0", "utf-16", 2),
        ],
    )
    @pytest.mark.parametrize("size", [1, 3, 1000])
    def test_name_the_line_that_cannot_be_decoded(
        self, content: bytes, encoding: str, line: int, size: int
    ) -> None:
        with pytest.raises(BadCsv, match=f"^line {line}: .*{encoding}") as refused:
            list(lines_of(in_pieces(content, size), encoding))

        assert refused.value.line == line

    def test_without_end_are_refused_before_they_fill_the_memory(self) -> None:
        def endless() -> object:
            yield b"a\n"
            while True:
                yield b"x" * 65_536

        with pytest.raises(BadCsv, match="line 2: "):
            list(lines_of(endless(), "utf-8"))  # type: ignore[arg-type]

    @given(st.text(alphabet="ab\r\n\u2028\x0b\x85é", max_size=30), st.integers(1, 7))
    def test_lose_nothing_in_any_pieces(self, text: str, size: int) -> None:
        lines = list(lines_of(in_pieces(text.encode(), size), "utf-8"))

        assert "".join(lines) == text
        assert lines == list(lines_of([text.encode()], "utf-8"))

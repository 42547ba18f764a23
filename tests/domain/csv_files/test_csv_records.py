import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.csv_files import (
    DELIMITERS,
    BadCsv,
    Record,
    delimiter_of,
    header_of,
    lines_of,
    raggedness,
    read_records,
)

ENDS = ("\n", "\r\n", "\r")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")


def records(text: str, delimiter: str = ",") -> list[Record]:
    return list(read_records(lines_of([text.encode()], "utf-8"), delimiter))


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    return [record.cells for record in records(text, delimiter)]


# The twelve shapes of the collection csv-spectrum, filled by ourselves.
SHAPES: dict[str, tuple[str, list[list[str]]]] = {
    "simple": ("k,l,m\n7,8,9\n", [["k", "l", "m"], ["7", "8", "9"]]),
    "simple_crlf": ("k,l,m\r\n7,8,9\r\n", [["k", "l", "m"], ["7", "8", "9"]]),
    "empty": ('k,l,m\n7,"",""\n1,2,3\n', [["k", "l", "m"], ["7", "", ""], ["1", "2", "3"]]),
    "empty_crlf": (
        'k,l,m\r\n7,"",""\r\n1,2,3\r\n',
        [["k", "l", "m"], ["7", "", ""], ["1", "2", "3"]],
    ),
    "comma_in_quotes": (
        'name,city\nAnn,"Linz, AT"\n',
        [["name", "city"], ["Ann", "Linz, AT"]],
    ),
    "escaped_quotes": ('k,l\n7,"so ""it"" goes"\n', [["k", "l"], ["7", 'so "it" goes']]),
    "json": (
        'k,l\n7,"{""at"": [9.5, 47.1], ""by"": ""Ann""}"\n',
        [["k", "l"], ["7", '{"at": [9.5, 47.1], "by": "Ann"}']],
    ),
    "location_coordinates": (
        'phone,place\n"043-1, 2","(47.1, 9.5)\n(47.2, 9.6)"\n',
        [["phone", "place"], ["043-1, 2", "(47.1, 9.5)\n(47.2, 9.6)"]],
    ),
    "newlines": ('k,l\n"One \nday",2\n3,4\n', [["k", "l"], ["One \nday", "2"], ["3", "4"]]),
    "newlines_crlf": (
        'k,l\r\n"One \r\nday",2\r\n3,4\r\n',
        [["k", "l"], ["One \r\nday", "2"], ["3", "4"]],
    ),
    "quotes_and_newlines": (
        'k,l\n7,"so \n""it"" \ngoes"\n',
        [["k", "l"], ["7", 'so \n"it" \ngoes']],
    ),
    "utf8": ("k,l\n7,ʤ\n", [["k", "l"], ["7", "ʤ"]]),
}


class TestATable:
    @pytest.mark.parametrize(("text", "read"), SHAPES.values(), ids=SHAPES)
    def test_may_have_any_usual_shape(self, text: str, read: list[list[str]]) -> None:
        assert cells(text) == read

    @pytest.mark.parametrize("encoding", ENCODINGS)
    @pytest.mark.parametrize("end", ENDS)
    @pytest.mark.parametrize("delimiter", DELIMITERS)
    def test_is_read_in_every_dress(self, delimiter: str, end: str, encoding: str) -> None:
        rows = [
            ["name", "note"],
            ["Zoë", f"two{end}lines"],
            ["O'Hara", f"a{delimiter}b"],
            ['say "hi"', ""],
        ]
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)

        lines = list(lines_of([text.getvalue().encode(encoding)], encoding))

        assert delimiter_of(lines) == delimiter
        assert [each.cells for each in read_records(lines, delimiter)] == rows

    def test_has_rows_with_the_line_they_begin_at_and_as_they_came(self) -> None:
        text = 'a,b\n\n"1\n2",x\r\n3,y'

        assert records(text) == [
            Record(0, 1, ["a", "b"], "a,b\n"),
            Record(1, 3, ["1\n2", "x"], '"1\n2",x\r\n'),
            Record(2, 5, ["3", "y"], "3,y"),
        ]

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("a\n1\n", [["a"], ["1"]]),
            ('a,b\n1,""\n', [["a", "b"], ["1", ""]]),
            ("a,b\n1,\n", [["a", "b"], ["1", ""]]),
            ('a\n5" pipe\n', [["a"], ['5" pipe']]),
            ('a\n"{""k"": ""v""}"\n', [["a"], ['{"k": "v"}']]),
            ("a\n1", [["a"], ["1"]]),
        ],
    )
    def test_keeps_what_stands_in_its_cells(self, text: str, read: list[list[str]]) -> None:
        assert cells(text) == read

    @given(
        st.lists(
            st.lists(st.text(alphabet='ab ,;"\n\r\té', max_size=6), min_size=2, max_size=3),
            min_size=1,
            max_size=5,
        ),
        st.sampled_from(DELIMITERS),
    )
    def test_comes_back_as_it_was_written(self, rows: list[list[str]], delimiter: str) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)

        assert cells(text.getvalue(), delimiter) == rows


class TestABadTable:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('a,b\n1,2\n3,"x\n4,5\n', "line 3: a quote opens a cell and is never closed"),
            ('a,b\n"1\n2","3\n4\n', "line 3: a quote opens a cell and is never closed"),
            ('a,b\n1,"say ""hi\n2,x\n', "line 2: a quote opens a cell"),
            ('a,b\n1,"x"y\n', "line 2: a cell goes on after its closing quote;"),
            ('a,b\n1,"x\n2,"y"\n', "line 3: .* begins in line 2"),
            ("a,b\n1," + "x" * 131_073 + "\n", "line 2: a cell is longer than 131,072"),
            ('a,b\n1,x\n1,"' + ("x" * 70 + "\n") * 2_000, "line 3: a cell is longer"),
            ("a\n" + '"' + '","'.join(["x" * 99] * 11_000) + '"\n', "line 2: "),
            ("", "line 1: the file is empty"),
            ("\n\r\n", "line 1: the file is empty"),
        ],
    )
    def test_is_refused_with_the_line(self, text: str, said: str) -> None:
        with pytest.raises(BadCsv, match=said):
            records(text)

    @pytest.mark.parametrize(
        ("header", "said"),
        [
            (["name", "city", "name "], "line 1: columns 1 and 3 are both named 'name'"),
            (["name", " "], "line 1: column 2 has no name"),
        ],
    )
    def test_has_a_header_without_a_name_for_each(self, header: list[str], said: str) -> None:
        with pytest.raises(BadCsv, match=said):
            header_of(Record(0, 1, header, ""))


class TestRaggedness:
    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (["1"], "the row has 1 cells, the header has 2"),
            (["1", "2", ""], "the row has 3 cells, the header has 2"),
            (["1", "2"], None),
        ],
    )
    def test_is_said_of_rows_of_another_width(self, row: list[str], said: str | None) -> None:
        assert raggedness(Record(1, 2, row, ""), 2) == said


class TestDelimiter:
    @pytest.mark.parametrize(
        ("text", "delimiter"),
        [
            ("name;budget\nAnn;3,5\nBob;4,5\n", ";"),
            ("name, first;budget\nAnn;3\nBob;4\n", ";"),
            ("name\tcity, zip\nAnn\tRome\n", "\t"),
            ("a|b|c\n1|2,5|3\n", "|"),
            ("name\nAnn\n", ","),
            ('name,note\n"Ann","a;b;c"\n', ","),
            ("a,b;c\n1,2;3\n", ","),
            ("", ","),
        ],
    )
    def test_is_the_one_that_makes_even_rows(self, text: str, delimiter: str) -> None:
        lines = list(lines_of([text.encode()], "utf-8"))

        assert delimiter_of(lines) == delimiter

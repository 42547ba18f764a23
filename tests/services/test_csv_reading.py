"""A file is looked through whole before a row of it is imported."""

import csv
import io
from pathlib import Path

import pytest

from headgate.domain.csv_files import BadCsv, UnknownEncoding
from headgate.services.csv_reading import NoDelimiter, NoRows, read_rows, survey

ROWS = [["name", "note"], ["Zoë", "a,b;c\td|e"], ["José", 'two\n"lines"']]


def written(path: Path, delimiter: str, end: str, encoding: str) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(ROWS)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


class TestAFile:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
    )
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_is_read_without_being_told_how(
        self, tmp_path: Path, delimiter: str, end: str, encoding: str
    ) -> None:
        found = survey(written(tmp_path / "leads.csv", delimiter, end, encoding))

        assert (found.delimiter, found.header, found.rows) == (delimiter, ("name", "note"), 2)
        assert [record.cells for record in read_rows(found, after=0)] == ROWS[1:]

    def test_is_read_as_it_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "leads.csv"
        path.write_bytes("имя;a,b\nИван;x,y\n".encode("cp1251"))

        found = survey(path, encoding="cp1251", delimiter=",")

        assert found.header == ("имя;a", "b")

    def test_goes_on_after_any_row(self, tmp_path: Path) -> None:
        found = survey(written(tmp_path / "leads.csv", ",", "\n", "utf-8"))

        assert [(each.row, each.line) for each in read_rows(found, after=1)] == [(2, 3)]

    def test_is_known_by_its_bytes(self, tmp_path: Path) -> None:
        one = survey(written(tmp_path / "one.csv", ",", "\n", "utf-8"))
        same = survey(written(tmp_path / "same.csv", ",", "\n", "utf-8"))
        other = survey(written(tmp_path / "other.csv", ";", "\n", "utf-8"))

        assert one.digest == same.digest != other.digest

    @pytest.mark.parametrize(
        ("content", "given", "refusal", "said"),
        [
            (b"a,b\n1,2\n" * 9_000 + b'1,"2\n', {}, BadCsv, "line 18,001: "),
            (b"a,b\n1,2\n\xff\xff,2\n", {"encoding": "utf-8"}, BadCsv, "line 3: "),
            (b"a,a\n1,2\n", {}, BadCsv, "line 1: columns 1 and 2"),
            (b"a,\n1,2\n", {}, BadCsv, "line 1: column 2 has no name"),
            (b"", {}, BadCsv, "line 1: the file is empty"),
            (b"a,b\n", {}, NoRows, "no row below the header"),
            ("имя\nИван\n".encode("cp1251"), {}, UnknownEncoding, "in which encoding"),
            (b"a\n1\n", {"encoding": "klingon"}, LookupError, "klingon"),
            (b"a\n1\n", {"delimiter": "x"}, NoDelimiter, "'x' is no delimiter"),
        ],
    )
    def test_is_refused_with_the_place(
        self,
        tmp_path: Path,
        content: bytes,
        given: dict[str, str],
        refusal: type[Exception],
        said: str,
    ) -> None:
        path = tmp_path / "leads.csv"
        path.write_bytes(content)

        with pytest.raises(refusal, match=said):
            survey(path, **given)

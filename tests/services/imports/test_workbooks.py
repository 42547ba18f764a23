"""A sheet becomes the CSV that a person would have typed."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from headgate.services import csv_reading
from headgate.services.imports import workbooks
from headgate.services.imports.workbooks import BadWorkbook


def saved(path: Path, rows: list[list[Any]], *, formats: dict[str, str] | None = None) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Leads"
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    book.create_sheet("Others").append(["name"])
    book.save(path / "leads.xlsx")
    return path / "leads.xlsx"


def written(path: Path, book: Path, sheet: str | None = None) -> str:
    target = path / "sheet.csv"
    assert workbooks.is_workbook(book)
    workbooks.write_csv(book, target, sheet=sheet)
    return target.read_text(encoding="utf-8")


class TestACell:
    @pytest.mark.parametrize(
        ("value", "number_format", "text"),
        [
            ("Zoë, Ann", None, '"Zoë, Ann"'),
            (25_000, None, "25000"),
            (0.1, None, "0.1"),
            (1e21, None, "1000000000000000000000"),
            (4155550123.0, None, "4155550123"),
            (2134, "00000", "02134"),
            (True, None, "true"),
            (date(2026, 11, 23), None, "2026-11-23"),
            (datetime(2026, 11, 23), "yyyy-mm-dd", "2026-11-23"),  # noqa: DTZ001
            (datetime(2026, 11, 23, 9, 5), None, "2026-11-23T09:05:00"),  # noqa: DTZ001
            ("two\nlines", None, "two\vlines"),
        ],
    )
    def test_is_text_in_the_form_of_its_field(
        self, tmp_path: Path, value: Any, number_format: str | None, text: str
    ) -> None:
        formats = {"A2": number_format} if number_format else None
        book = saved(tmp_path, [["it", "more"], [value, "x"]], formats=formats)

        assert written(tmp_path, book) == f"it,more\n{text},x\n"


class TestASheet:
    def test_keeps_its_rows_at_their_lines(self, tmp_path: Path) -> None:
        rows = [["name", "note"], ["Ann", "a\nb"], [None, None], ["Bob"], ["Cid", "", "more"]]
        written(tmp_path, saved(tmp_path, rows))

        file = csv_reading.survey(tmp_path / "sheet.csv")
        found = [(each.line, each.cells) for each in csv_reading.read_rows(file, after=0)]
        assert found == [(2, ["Ann", "a\vb"]), (4, ["Bob", ""]), (5, ["Cid", "", "more"])]

    def test_is_the_first_or_the_one_that_is_named(self, tmp_path: Path) -> None:
        book = saved(tmp_path, [["a"], ["b"]])

        assert written(tmp_path, book).startswith("a")
        assert written(tmp_path, book, "others") == "name\n"
        with pytest.raises(BadWorkbook, match="no sheet 'Third'; it has 'Leads', 'Others'"):
            written(tmp_path, book, "Third")

    def test_has_so_many_columns_at_most(self, tmp_path: Path) -> None:
        book = saved(tmp_path, [["a"] * 501])

        with pytest.raises(BadWorkbook, match="more than 500 columns"):
            written(tmp_path, book)


class TestAFile:
    def test_is_known_by_what_it_holds_and_not_by_its_name(self, tmp_path: Path) -> None:
        book = saved(tmp_path, [["a"], ["b"]]).rename(tmp_path / "upload-x7")

        assert written(tmp_path, book) == "a\nb\n"

    def test_that_unpacks_to_very_much_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        book = saved(tmp_path, [["a"]])
        with ZipFile(book, "a", ZIP_DEFLATED) as archive:
            archive.writestr("xl/media/bomb", b"0" * 2_000_000)
        monkeypatch.setattr(workbooks, "MOST_UNPACKED", 1_000_000)

        with pytest.raises(BadWorkbook, match="unpacked"):
            written(tmp_path, book)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"PK\x03\x04 and so on", "cannot be read"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
        ],
    )
    def test_that_is_no_workbook_is_told_apart(
        self, tmp_path: Path, content: bytes, said: str
    ) -> None:
        (tmp_path / "leads.xlsx").write_bytes(content)

        with pytest.raises(BadWorkbook, match=said):
            written(tmp_path, tmp_path / "leads.xlsx")

    def test_that_is_another_archive_is_refused(self, tmp_path: Path) -> None:
        with ZipFile(tmp_path / "leads.zip", "w") as archive:
            archive.writestr("leads.csv", "name")

        with pytest.raises(BadWorkbook, match="no Excel workbook"):
            written(tmp_path, tmp_path / "leads.zip")

    @pytest.mark.parametrize(
        ("member", "whole", "damaged"),
        [
            ("xl/workbook.xml", b"</workbook>", b""),
            ("xl/styles.xml", b'numFmtId="0"', b'numFmtId="zero"'),
            ("xl/worksheets/sheet1.xml", b"<v>2</v>", b"<v>two</v>"),
        ],
    )
    def test_that_is_damaged_inside_is_refused(
        self, tmp_path: Path, member: str, whole: bytes, damaged: bytes
    ) -> None:
        sound = saved(tmp_path, [["name", "rooms"], ["Ann", 2]])
        with ZipFile(sound) as old, ZipFile(tmp_path / "damaged.xlsx", "w") as new:
            for name in old.namelist():
                content = old.read(name)
                assert name != member or whole in content
                new.writestr(name, content.replace(whole, damaged) if name == member else content)

        with pytest.raises(BadWorkbook, match="cannot be read"):
            written(tmp_path, tmp_path / "damaged.xlsx")

    def test_of_text_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "leads.csv").write_text("name\n", encoding="utf-8")

        assert not workbooks.is_workbook(tmp_path / "leads.csv")

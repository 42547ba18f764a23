"""Rules of the house that no off-the-shelf linter knows; each failure says where and what to do."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

HOUSE = Path(__file__).parent.parent
PACKAGE = HOUSE / "src" / "headgate"
MOST_LINES = 300
MOST_FUNCTION_LINES = 50
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "core", "manager", "misc", "kit"}
TELLS_THE_TIME = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("timezone", "now"),
    ("clock", "now"),
}
READS_THE_CLOCK = {"web", "worker", "cli", "clock.py"}
REACHES_ROWS = {"objects", "_default_manager", "_base_manager"}
# What the domain may import beside itself: values, and libraries that only compute.
DOMAIN_LIBRARIES = {
    "charset_normalizer",
    "msgspec",
    "re2",
    "phonenumbers",
    "email_validator",
    "yaml",
}
NOT_FOR_THE_DOMAIN = {
    *("asyncio", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil"),
    *("socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time"),
}
ADR_PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Status"]

Breach: TypeAlias = tuple[Path, int, str]


def modules(*rooms: str) -> list[Path]:
    """Return the modules of some rooms, or of the whole package, without migrations."""
    roots = [PACKAGE / room for room in rooms] or [PACKAGE]
    found = [path for root in roots for path in sorted(root.rglob("*.py"))]
    assert found, f"no modules in {roots}"
    return [path for path in found if "migrations" not in path.parts]


def nodes(paths: Iterable[Path]) -> Iterator[tuple[Path, ast.AST]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, node


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def nobody_breaks_it(breaches: Iterable[Breach]) -> None:
    told = [f"{path.relative_to(HOUSE)}:{line}: {fix}" for path, line, fix in breaches]
    assert not told, "\n" + "\n".join(told)


class TestModules:
    def test_say_in_one_sentence_what_they_are_for(self) -> None:
        nobody_breaks_it(
            (path, 1, "open the module with a docstring: one true sentence, ending in a full stop")
            for path in modules()
            if not has_nameplate(path)
        )

    def test_stay_short(self) -> None:
        nobody_breaks_it(
            (path, lines, f"has {lines} lines; split it by subject below {MOST_LINES}")
            for path in modules()
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
        )

    def test_have_telling_names(self) -> None:
        nobody_breaks_it(
            (path, 1, f"{name!r} says nothing; name the module by the word of the glossary")
            for path in modules()
            for name in (*path.relative_to(PACKAGE).parent.parts, path.stem)
            if name in VAGUE_NAMES
        )


class TestFunctions:
    def test_stay_short(self) -> None:
        nobody_breaks_it(
            (path, node.lineno, f"{node.name} has {lines} lines; say it in steps that have names")
            for path, node in nodes(modules())
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (lines := length(node)) > MOST_FUNCTION_LINES
        )


class TestTheClock:
    def test_is_read_at_the_doors_only(self) -> None:
        elsewhere = [path for path in modules() if room(path) not in READS_THE_CLOCK]

        nobody_breaks_it(
            (path, line, f"{what} reads the clock; take `now` as the last argument")
            for path, node in nodes(elsewhere)
            for line, what in clock_readings(node)
        )


class TestRows:
    def test_are_reached_in_storage_only(self) -> None:
        elsewhere = [path for path in modules() if room(path) != "storage"]

        nobody_breaks_it(
            (path, line, f"{what} reaches the tables; ask a function of storage")
            for path, node in nodes(elsewhere)
            for line, what in row_accesses(node)
        )


class TestTheDomain:
    def test_imports_only_what_computes(self) -> None:
        allowed = (sys.stdlib_module_names - NOT_FOR_THE_DOMAIN) | DOMAIN_LIBRARIES | {"headgate"}

        nobody_breaks_it(
            (path, line, f"the domain may not import {name}; let a floor above hand in the value")
            for path, node in nodes(modules("domain"))
            for line, name in imports(node)
            if name.split(".")[0] not in allowed
        )


class TestTests:
    def test_have_file_names_of_their_own(self) -> None:
        files = sorted((HOUSE / "tests").rglob("test_*.py"))
        uses = Counter(path.name for path in files)

        nobody_breaks_it(
            (path, 1, "another test file has this name; pytest cannot collect both")
            for path in files
            if uses[path.name] > 1
        )


class TestDecisionRecords:
    def test_have_their_five_parts(self) -> None:
        records = sorted((HOUSE / "docs" / "decisions").glob("[0-9]*.md"))

        assert records
        nobody_breaks_it(
            (path, 1, f"has the parts {parts}; it must have {ADR_PARTS}, in this order")
            for path in records
            if (parts := re.findall(r"^## (.+)$", path.read_text("utf-8"), re.M)) != ADR_PARTS
        )


class TestTheReadme:
    def test_names_the_two_commands(self) -> None:
        readme = HOUSE / "README.md"
        text = readme.read_text(encoding="utf-8")

        nobody_breaks_it(
            (readme, 1, f"must tell a newcomer of `{command}`")
            for command in ("make demo", "make test")
            if command not in text
        )


class TestDocuments:
    def test_name_files_that_exist(self) -> None:
        files = [
            f"/{path}" for root in ("src", "tests", "docs") for path in (HOUSE / root).rglob("*")
        ]

        nobody_breaks_it(
            (document, number, f"{name} does not exist; name the file as it is called now")
            for document in (*HOUSE.glob("*.md"), *(HOUSE / "docs" / "decisions").glob("*.md"))
            for number, line in enumerate(document.read_text("utf-8").splitlines(), start=1)
            for name in re.findall(r"`([\w./-]+\.(?:py|md))`", line)
            if not (HOUSE / name).exists() and not any(file.endswith(f"/{name}") for file in files)
        )


class TestRequirementFiles:
    def test_name_no_address(self) -> None:
        nobody_breaks_it(
            (path, number, "holds an address; the installer's settings say where packages are")
            for path in sorted((HOUSE / "requirements").iterdir())
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
            if re.search(r"https?:|file:|git\+|--(extra-)?index-url|--find-links|^-[if] ", line)
        )


def has_nameplate(path: Path) -> bool:
    sentence = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0]
    return sentence.endswith(".")


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def clock_readings(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield uses such as `datetime.now`, and imports such as `from time import time`."""
    if isinstance(node, ast.Attribute):
        owner = getattr(node.value, "attr", getattr(node.value, "id", ""))
        if (owner, node.attr) in TELLS_THE_TIME:
            yield node.lineno, f"{owner}.{node.attr}"
    if isinstance(node, ast.ImportFrom):
        module = (node.module or "").split(".")[-1]
        for alias in node.names:
            if (module, alias.name) in TELLS_THE_TIME:
                yield node.lineno, f"{module}.{alias.name}"


def row_accesses(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Attribute) and node.attr in REACHES_ROWS:
        yield node.lineno, f".{node.attr}"
    if isinstance(node, ast.Attribute) and node.attr == "cursor":
        owner = ast.unparse(node.value)
        if owner.split("[")[0].split(".")[-1] in {"connection", "connections"}:
            yield node.lineno, f"{owner}.cursor"


def imports(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield node.lineno, alias.name
    if isinstance(node, ast.ImportFrom):
        yield node.lineno, node.module or ""

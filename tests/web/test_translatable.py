"""Every text that people read in the console and the portal can be translated."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import headgate.web

WEB = Path(headgate.web.__file__).parent
# What the API says is English in every language; so is the page that describes it.
ENGLISH = {"api/reference.html"}
FOR_MACHINES = {"api", "forms", "postbacks.py"}
NAMES = {"Headgate", "ms", "curl", "Python", "POST"}
CODE = {"code", "pre", "script", "style"}
READ_ALOUD = {"title", "aria-label", "placeholder", "alt", "data-done"}
EXAMPLE = re.compile(r"\S+@example\.com|https?://\S+")
GETTEXT = {"_", "_t", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "translated"}
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")


class Reader(HTMLParser):
    """Collects the words of a template that stand in no tag of translation."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in CODE
        for name, value in attrs:
            if name in READ_ALOUD:
                self._note(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in CODE

    def handle_data(self, data: str) -> None:
        if not self._code:
            self._note(data)

    def _note(self, text: str) -> None:
        words = re.findall(r"[^\W\d_]{2,}", EXAMPLE.sub("", text))
        if set(words) - NAMES:
            self.found.append(" ".join(text.split()))


def untranslated(template: str) -> list[str]:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", " ", template, flags=re.S)
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", " ", text, flags=re.S)
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", " ", text, flags=re.S)
    if "<" not in text:  # attributes that several tags share
        return []
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader.found


def templates() -> Iterator[Path]:
    yield from sorted((WEB / "templates").rglob("*.html"))


def parts_of(*roots: str) -> Iterator[tuple[Path, ast.Module]]:
    for root in roots:
        for path in sorted((WEB / root).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Give the sentences in a piece of code that nobody translates and somebody may read."""
    if isinstance(node, ast.Raise):  # what answers 404 or 400 with the page of that name
        return
    if isinstance(node, ast.Call) and called(node) in GETTEXT | {"replace"}:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if SENTENCE.search(re.sub("<.*?>", "", node.value)):
            yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from literals(child)


def called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


class TestTemplates:
    def test_have_no_text_beside_what_is_translated(self) -> None:
        found = {
            name: texts
            for path in templates()
            if (name := str(path.relative_to(WEB / "templates"))) not in ENGLISH
            and (texts := untranslated(path.read_text(encoding="utf-8")))
        }

        assert found == {}


class TestPages:
    def test_say_nothing_beside_what_is_translated(self) -> None:
        found = [
            f"{path.relative_to(WEB)}:{each.lineno}: {each.value!r}"
            for path, module in parts_of("pages", "portal", "templatetags")
            for each in literals(module)
        ]

        assert found == []

    def test_translate_the_flaws_that_they_find_themselves(self) -> None:
        found = [
            f"{path.relative_to(WEB)}:{node.lineno}"
            for path, module in parts_of(".")
            if not FOR_MACHINES & set(path.relative_to(WEB).parts)
            for node in ast.walk(module)
            if isinstance(node, ast.Call)
            and called(node) in {"Flaw", "_note"}
            and any(literals(node))
        ]

        assert found == []

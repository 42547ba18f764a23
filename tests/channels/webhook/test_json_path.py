"""Paths into a JSON answer."""

import pytest

from headgate.channels.webhook import json_path

DOCUMENT = json_path.decode(
    '{"a": {"b": ["x", {"c": 1}]}, "t": true, "n": null, "p": 12.50, "i": 7, "e": 1e2,'
    ' "long": 1e999999, "big": 123456789012345678901234567890, "my key": "k", "list": []}'
)


class TestFind:
    @pytest.mark.parametrize(
        ("path", "text"),
        [
            *(("$.a.b[0]", "x"), ("$.a.b[1].c", "1"), ("$.t", "true"), ("$.i", "7")),
            *(("$.p", "12.50"), ("$.e", "100"), ("$['my key']", "k"), ('$["my key"]', "k")),
            *(("$.n", None), ("$.a", None), ("$.list", None), ("$", None), ("$.zz", None)),
            *(("$.a.b[2]", None), ("$.a[0]", None), ("$.t.x", None), ("$.list[0]", None)),
            *(
                ("$.long", "1E+999999"),
                ("$.my key", "k"),
                ("$.big", "123456789012345678901234567890"),
            ),
        ],
    )
    def test_gives_one_value_as_text(self, path: str, text: str | None) -> None:
        assert json_path.find(DOCUMENT, path) == text


class TestParse:
    @pytest.mark.parametrize(
        "path", ["", "a.b", "$.", "$..a", "$[", "$[-1]", "$.a[x]", "$ .a", "$a"]
    )
    def test_refuses_what_is_no_path(self, path: str) -> None:
        with pytest.raises(json_path.BadPath, match=r"is not a path such as \$\.a\.b\[0\]"):
            json_path.parse(path)


class TestDecode:
    @pytest.mark.parametrize(
        "text", ["", "{", "<html>", "{'a': 1}", '{"a": "\x00"}', "[" * 20_000, "9" * 5_000]
    )
    def test_refuses_what_is_no_json(self, text: str) -> None:
        with pytest.raises(json_path.NotJson):
            json_path.decode(text)

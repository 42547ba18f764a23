"""Whatever anybody types, or any program posts, a form answers without breaking."""

import json
from typing import Any
from urllib.parse import urlencode

import hypothesis.strategies as st
import pytest
from booth import Booth, hidden_values
from hypothesis import HealthCheck, given, settings

SENDABLE = st.text(st.characters(exclude_categories=["Cs"]))
FIELDS = (
    *("first_name", "note", "kind", "wishes", "home.line1", "campaign"),
    *("_token", "_proof", "_page", "website"),
)
NAUGHTY = (
    "", " ", "\0", "a\0b", "\r\n", "\x85\u2028\u2029", "\x7f\x80", "\ufeff", "\ufffe", "\U000e0041",
    "\u202eevil\u202c", "a\u0300" * 90, "\u0300" * 500, "﷽" * 300, "👩‍👩‍👧‍👦🏳️‍🌈", "表ポあA鷗",
    "ﬁ①", "İıſK",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' OR 1=1 --", "javascript:x",
    "{{ 7*7 }}", "{% debug %}", "${7*7}", "%s%n%x", "$(touch /tmp/x)", "`id`", "../../etc/passwd",
    "\\u0000", "\\", "'", '"', "&amp;&#0;", "]]>", "<!--", "NULL", "None", "undefined", "NaN",
    "Infinity", "-0", "1e999", "1" * 400, "0x1F", "١٢٣", "½", "true", "[]", "{}",
    "=cmd|' /C calc'!A0",
    "a@b", "@", "a@[127.0.0.1]", f"{'a' * 300}@example.com", "xn--a@xn--a.example", "+", "+1" * 600,
    "x" * 1_001, "x" * 20_001, "2026-02-30", "0000-00-00", "9999-99-99T99:99", "http://[::1",
)  # fmt: skip


def outcome(booth: Booth, values: dict[str, Any], query: str = "") -> int:
    """Post the values; the answer is a page, whatever it says."""
    answer = booth.post(urlencode(values, doseq=True).encode(), query=query)
    assert answer.headers["content-type"].startswith("text/html")
    return answer.status


class TestAForm:
    @pytest.mark.parametrize("field", FIELDS)
    def test_takes_naughty_strings_or_says_why_not(self, booth: Booth, field: str) -> None:
        booth.set_up("    thank_you:", "    protection: {min_seconds: 0}\n    thank_you:")
        ann: dict[str, Any] = {"first_name": "Ann", "_consent": "yes"}
        if field == "_proof":
            ann |= hidden_values(booth.open())

        seen = {outcome(booth, ann | {field: text}) for text in NAUGHTY}
        seen |= {outcome(booth, ann | {field: [text, "x"]}) for text in NAUGHTY[:5]}

        assert seen <= {200, 409, 422}

    def test_keeps_them_as_they_were_typed(self, booth: Booth) -> None:
        typed = '"><img src=x onerror=alert(1)> {{ 7*7 }} \u202eevil 👩‍👧'

        answer = booth.fill_in(first_name=typed, email="no")
        booth.fill_in(first_name=typed)

        assert "<img" not in answer.body.decode()
        assert json.loads(booth.leads()[0].fields)["first_name"] == typed

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.dictionaries(st.sampled_from(FIELDS) | SENDABLE, SENDABLE | st.lists(SENDABLE)))
    def test_takes_any_post(self, booth: Booth, values: dict[str, Any]) -> None:
        assert outcome(booth, values) in (200, 409, 422)


class TestAnAddress:
    @pytest.mark.parametrize(
        "query",
        [f"?utm_source={text}" for text in ("%00", "%ff", "%", "a&b")]
        + ["?" + "a=b&" * 200, "?page=" + "x" * 9_000, "?test=%ff", "?wait=nan", "?wait=1e9"],
    )
    def test_breaks_nothing(self, booth: Booth, query: str) -> None:
        assert booth.visit("GET", f"/f/acme/quote{query}").status == 200
        assert booth.fill_in(query=query).status == 200

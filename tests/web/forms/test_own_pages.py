"""Pages of the operator's own: what a form tells them, and what it takes from them."""

from typing import Any

import pytest
from booth import ORIGIN, Booth, hidden_values

FORM = "/f/acme/quote"
ANN = {"first_name": "Ann", "email": "ann@example.com"}


def begun(booth: Booth) -> Any:
    return booth.visit("GET", f"{FORM}/visit", headers={"origin": ORIGIN}).json


def post(booth: Booth, body: Any, origin: str | None = ORIGIN) -> Any:
    said = {"content-type": "application/json"} | ({"origin": origin} if origin else {})
    return booth.visit("POST", FORM, body, headers=said)


class TestAVisit:
    def test_tells_what_the_form_asks_for(self, booth: Booth) -> None:
        visit = begun(booth)

        assert visit["consent"] == "I agree to be called."
        assert visit["min_seconds"] == 2
        assert visit["challenge"] is None
        assert visit["fields"][1] == {
            "key": "email",
            "type": "email",
            "label": "Your e-mail",
            "help": "We never share it",
            "required": False,
            "hidden": False,
            "options": None,
        }

    def test_holds_an_altcha_challenge_where_work_is_asked_for(self, booth: Booth) -> None:
        booth.set_up("    thank_you:", "    protection: {proof_of_work: true}\n    thank_you:")

        challenge = begun(booth)["challenge"]

        assert challenge["parameters"]["algorithm"] == "PBKDF2/SHA-256"
        assert challenge["signature"]


class TestAPost:
    def test_makes_a_lead(self, booth: Booth) -> None:
        booth.set_up("    thank_you:", "    protection: {min_seconds: 0}\n    thank_you:")
        token = begun(booth)["token"]
        body = {"token": token, "fields": ANN, "consent": True, "page": "https://acme.example/p"}

        answer, again = post(booth, body), post(booth, body)
        other = post(booth, body | {"fields": ANN | {"first_name": "Bob"}})

        assert (answer.status, again.status, other.status) == (201, 200, 409)
        assert answer.json == {"thank_you": "We will call you.", "redirect_url": None}
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert other.json["type"] == "urn:headgate:problem:token_spent"
        (lead,) = booth.leads()
        assert lead.state == "in_delivery"
        assert '"page_url":"https://acme.example/p"' in lead.consent

    def test_names_every_flaw(self, booth: Booth) -> None:
        answer = post(booth, {"fields": {"email": "ann@"}, "consent": "yes"})

        assert answer.status == 422
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert [each["field"] for each in answer.json["errors"]] == [
            "first_name",
            "email",
            "consent",
        ]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ([], 400),
            ({"fields": []}, 422),
            ({"fields": {"ssn": "1"}}, 422),
            ({"fields": ANN, "tokn": "x"}, 422),
            ({"fields": ANN | {"email": "\ud800"}, "consent": True}, 422),
            ({"fields": ANN | {"email": [["x"]], "kind": {}}, "consent": True}, 422),
            (b"{", 400),
            (b"\xff", 400),
        ],
    )
    def test_is_refused_where_it_says_something_else(
        self, booth: Booth, body: Any, status: int
    ) -> None:
        assert post(booth, body).status == status
        assert booth.leads() == []

    def test_is_of_the_forms_origins_alone(self, booth: Booth) -> None:
        answer = post(booth, {"fields": ANN, "consent": True}, origin="https://evil.example")

        assert answer.status == 403
        assert "access-control-allow-origin" not in answer.headers
        assert booth.leads() == []


class TestAPreflight:
    def test_lets_the_forms_origins_post_json(self, booth: Booth) -> None:
        answer = booth.visit("OPTIONS", FORM, headers={"origin": ORIGIN})

        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["access-control-allow-headers"] == "content-type"
        assert "access-control-allow-credentials" not in answer.headers

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://acme.example.x"])
    def test_lets_nobody_else(self, booth: Booth, origin: str) -> None:
        answer = booth.visit("OPTIONS", FORM, headers={"origin": origin})

        assert "access-control-allow-origin" not in answer.headers


class TestTheScript:
    def test_is_the_same_for_every_form(self, booth: Booth) -> None:
        answer = booth.visit("GET", f"{FORM}/embed.js")

        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "public, max-age=3600"
        assert b"currentScript" in answer.body

    def test_brings_the_page_around_into_the_evidence(self, booth: Booth) -> None:
        page = booth.open("?embed=1&page=https%3A%2F%2Facme.example%2Fsolar")

        assert hidden_values(page)["_page"] == "https://acme.example/solar"
        assert 'class="embedded"' in page


class TestOtherMethods:
    @pytest.mark.parametrize(("method", "status"), [("PUT", 405), ("DELETE", 405), ("HEAD", 200)])
    def test_are_answered_plainly(self, booth: Booth, method: str, status: int) -> None:
        assert booth.visit(method, FORM).status == status

"""What became of leads is said and read over HTTP, with a key, a signature or an address."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from desk import ACME, Answer, Desk

from headgate import clock
from headgate.channels.webhook import signing
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import DeliveryId
from headgate.services import configuration, postback_tokens, setups
from headgate.storage import accounts, models
from headgate.web.api import feedback
from headgate.web.client_address import network_of
from headgate.web.postbacks import Postbacks

HERE = network_of("127.0.0.1")
KEY = b"k" * 32
SIGNING = ACME.replace(
    "      auth:", f"      secret: whsec_{base64.b64encode(KEY).decode()}\n      auth:"
)
BROWSER = {"accept": "text/html,*/*"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Rows(Desk):
    """The desk, with the addresses of deliveries beside its API."""

    def knock(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        api, self._api = self._api, Postbacks(self)  # type: ignore[assignment]
        try:
            return self.call(method, path, body, key=None, headers=headers)
        finally:
            self._api = api


@pytest.fixture
def rows(database: object, installation: None) -> Iterator[Rows]:
    feedback.arrivals.forgive(HERE)
    desk = Rows()
    with desk:
        yield desk


def delivered(desk: Desk, **fields: Any) -> str:
    lead = desk.post_lead(**fields)
    desk.end_tries(Outcome.DELIVERED)
    return str(lead["deliveries"][0]["id"])


def tell(desk: Desk, id: str, **said: Any) -> Answer:
    return desk.call("POST", f"/api/v1/deliveries/{id}/dispositions", said)


class TestADelivery:
    def test_tells_what_was_said_of_it(self, desk: Desk) -> None:
        id = delivered(desk, source="site")
        tell(desk, id, disposition="contacted", note="rang twice", reference="crm-1")

        answer = tell(desk, id, disposition="sold", value=4200.5)

        assert answer.status == 200
        assert answer.json["disposition"] == answer.json["dispositions"][1]
        assert answer.json["disposition"]["value"] == "4200.50"
        assert answer.json["dispositions"][0]["by"].startswith("API key ")
        listed = desk.call("GET", "/api/v1/deliveries?disposition=reached&source=site").json
        assert [each["disposition"]["disposition"] for each in listed["items"]] == ["sold"]
        assert "dispositions" not in listed["items"][0]

    @pytest.mark.parametrize(
        ("said", "fields"),
        [
            ({}, ["disposition"]),
            ({"disposition": "gone", "value": True}, ["value"]),
            ({"disposition": "gone", "value": "x", "note": "n" * 501},
             ["disposition", "note", "value"]),
            ({"disposition": "sold", "colour": "red"}, ["colour"]),
            ({"disposition": "sold", "value": 1e40}, ["value"]),
        ],
    )  # fmt: skip
    def test_takes_nothing_that_is_wrong(
        self, desk: Desk, said: dict[str, Any], fields: list[str]
    ) -> None:
        answer = tell(desk, delivered(desk), **said)

        assert answer.status == 422
        assert [each["field"] for each in answer.json["errors"]] == fields

    def test_has_to_be_the_partners(self, desk: Desk) -> None:
        id = str(desk.post_lead()["deliveries"][0]["id"])

        answer = tell(desk, id, disposition="sold")

        assert (answer.status, answer.json["type"][21:]) == (409, "wrong_state")


class TestTheList:
    def test_is_of_all_that_was_said(self, desk: Desk) -> None:
        emails = ("ann@example.com", "bea@example.com")
        ids = [delivered(desk, fields={"email": each}) for each in emails]
        for id, word in ((ids[0], "contacted"), (ids[0], "sold"), (ids[1], "bad_contact")):
            tell(desk, id, disposition=word)

        def listed(query: str) -> Any:
            return desk.call("GET", f"/api/v1/dispositions?{query}").json

        first = listed("limit=2")
        second = listed(f"limit=2&cursor={first['next']}")
        words = [each["disposition"] for each in (*first["items"], *second["items"])]
        assert words == ["bad_contact", "sold", "contacted"]
        assert second["next"] is None
        assert [each["latest"] for each in listed(f"delivery={ids[0]}")["items"]] == [True, False]
        assert len(listed("disposition=reached&partner=sunpeak")["items"]) == 2
        assert listed("to=2020-01-01")["items"] == []
        assert desk.call("GET", "/api/v1/dispositions?delivery=x").status == 422


def post_signed(
    desk: Desk, said: object, *, id: str = "msg_1", key: bytes = KEY, to: str = "acme/sunpeak"
) -> Answer:
    body = json.dumps(said).encode()
    timestamp = int(clock.now().timestamp())
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signing.signature((key,), id, timestamp, body),
    }
    return desk.call("POST", f"/api/v1/postbacks/{to}", body, key=None, headers=headers)


class TestASignedPostback:
    @pytest.fixture
    def desk(self, rows: Rows) -> Rows:
        rows.run(
            lambda: configuration.apply_configuration(
                source=SIGNING.encode(),
                account_slug=None,
                trusted=True,
                made_by="test",
                now=clock.now(),
            )
        )
        return rows

    def test_is_kept_once_however_often_it_comes(self, desk: Rows) -> None:
        id = delivered(desk)
        said = {"delivery_id": id, "disposition": "sold", "value": "4200.00"}

        first, again = post_signed(desk, said), post_signed(desk, said)

        assert (first.status, again.status) == (200, 200)
        assert first.json == again.json | {"new": True}
        assert again.json["new"] is False
        history = desk.call("GET", f"/api/v1/deliveries/{id}").json["dispositions"]
        assert [(each["by"], each["reference"]) for each in history] == [
            ("partner sunpeak: postback", "msg_1")
        ]

    def test_tells_a_stranger_nothing(self, desk: Rows) -> None:
        said = {"delivery_id": delivered(desk), "disposition": "sold"}

        answers = {
            post_signed(desk, said, key=b"x" * 32, to=to).body
            for to in ("acme/sunpeak", "acme/helios", "acme/nobody", "nobody/sunpeak")
        }

        assert len(answers) == 1
        assert json.loads(answers.pop())["status"] == 403

    def test_tells_a_partner_nothing_of_others(self, desk: Rows) -> None:
        delivered(desk)
        foreign = str(
            desk.post_lead(fields={"email": "bo@example.com", "budget": 200})["deliveries"][0]["id"]
        )

        answers = {
            post_signed(desk, {name: value, "disposition": "sold"}, id=name).body
            for name, value in (
                ("delivery_id", foreign), ("delivery_id", str(UUID(int=7))), ("lead_id", foreign),
            )
        }  # fmt: skip

        assert len(answers) == 1
        assert json.loads(answers.pop())["status"] == 404

    def test_wants_a_body_of_some_length_and_words_that_it_knows(self, desk: Rows) -> None:
        id = delivered(desk)

        long = post_signed(desk, {"delivery_id": id, "note": "n" * 70_000})
        wrong = post_signed(desk, {"delivery_id": "x", "disposition": "sold"})
        other = post_signed(desk, {"delivery_id": id, "disposition": "gone"})

        assert (long.status, wrong.status, other.status) == (413, 422, 422)

    def test_says_that_it_names_no_lead(self, desk: Rows) -> None:
        answer = post_signed(desk, {"disposition": "sold"})

        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "delivery_id")

    def test_is_slowed_down(self, desk: Rows) -> None:
        for _ in range(feedback.MOST_POSTBACKS):
            feedback.arrivals.allows(HERE, now=clock.now())

        answer = post_signed(desk, {})

        feedback.arrivals.forgive(HERE)
        assert (answer.status, answer.headers["retry-after"]) == (429, "60")


def address(desk: Desk, id: str) -> str:
    def write() -> str:
        account = accounts.find("acme")
        assert account is not None
        vault = setups.in_force(account.id).vault
        return postback_tokens.write(vault, account.id, DeliveryId(UUID(id)))

    return f"/postback/{desk.run(write)}"


class TestTheAddressOfADelivery:
    def test_shows_a_page_that_changes_nothing(self, rows: Rows) -> None:
        path = address(rows, delivered(rows))

        pages = [rows.knock(method, f"{path}?disposition=sold") for method in ("GET", "HEAD")]

        assert [page.status for page in pages] == [200, 200]
        page = pages[0].body.decode()
        assert 'value="sold" required checked' in page
        assert "SunPeak Energy" in page
        assert "Ann" not in page
        assert pages[0].headers["referrer-policy"] == "no-referrer"
        assert rows.run(models.Disposition.objects.count) == 0

    def test_takes_what_a_page_or_a_program_posts(self, rows: Rows) -> None:
        path = address(rows, delivered(rows))

        page = rows.knock(
            "POST", path, urlencode({"disposition": "quoted"}).encode(), FORM | BROWSER
        )
        form = rows.knock(
            "POST",
            path,
            urlencode({"disposition": "sold", "value": "12", "id": "7"}).encode(),
            FORM,
        )
        plain = rows.knock("POST", path, {"disposition": "lost", "note": "moved away"})

        assert b"Thank you" in page.body
        assert (form.json["disposition"], form.json["value"]) == ("sold", "12.00")
        assert (plain.json["disposition"], plain.json["note"]) == ("lost", "moved away")

    def test_says_what_is_wrong_with_it(self, rows: Rows) -> None:
        path = address(rows, delivered(rows))

        page = rows.knock(
            "POST",
            path,
            urlencode({"disposition": "lost", "value": "<9>"}).encode(),
            FORM | BROWSER,
        )
        plain = rows.knock("POST", path, {"disposition": "gone"})
        other = rows.knock("POST", path, b"<a/>", {"content-type": "text/xml"})

        assert (page.status, plain.status, other.status) == (422, 422, 415)
        assert "&lt;9&gt;" in page.body.decode()
        assert plain.headers["content-type"] == "application/problem+json"
        assert rows.knock("PUT", path, {}).status == 405

    def test_is_as_unknown_as_any_other_once_the_lead_is_erased(self, rows: Rows) -> None:
        lead = rows.post_lead()
        rows.end_tries(Outcome.DELIVERED)
        path = address(rows, str(lead["deliveries"][0]["id"]))
        rows.call("DELETE", f"/api/v1/leads/{lead['id']}")

        paths = (path, path[:-1], "/postback/" + "A" * 54, "/postback/nonsense")
        posted = {rows.knock("POST", each, {"disposition": "sold"}).body for each in paths}
        shown = {rows.knock("GET", each, headers=BROWSER).body for each in paths}

        assert (len(posted), len(shown)) == (1, 1)
        assert json.loads(posted.pop())["status"] == 404

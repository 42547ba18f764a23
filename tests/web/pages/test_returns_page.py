"""The page of returns, and the buttons that return a lead."""

from typing import Any

from reception import DELIVERED, Reception, content_of, text_of

from headgate.services import returning, setups
from headgate.storage import models, returns
from headgate.storage.returns import Request


def delivered(reception: Reception) -> Any:
    lead_id = reception.post_lead(first_name="Annabel")
    reception.answer(DELIVERED)
    return models.Delivery.objects.get(lead_id=lead_id, partner__slug="helios").pk


def asked(reception: Reception) -> Request:
    return returning.request_return(
        account_id=reception.account_id,
        delivery_id=delivered(reception),
        reason="Bad number",
        remark="A fax answers",
        by="buyer@helios.example",
        now=reception.now,
    )


class TestThePageOfReturns:
    def test_says_what_is_to_decide(self, reception: Reception) -> None:
        asked(reception)

        page = text_of(reception.at_the_desk(), "/returns")

        for said in ("Annabel", "Helios Homes", "Bad number", "A fax answers", "12.50 USD"):
            assert said in page

    def test_grants_with_a_note(self, reception: Reception) -> None:
        request = asked(reception)

        answer = reception.at_the_desk().post(
            f"/returns/{request.id}/grant", {"note": "Our mistake"}
        )

        found = returns.get(reception.account_id, request.id)
        assert answer.headers["Location"] == "/returns?done=granted"
        assert (found.state, found.note, found.decided_by) == (
            "granted",
            "Our mistake",
            "ann@acme.example",
        )

    def test_says_that_another_was_quicker(self, reception: Reception) -> None:
        request, client = asked(reception), reception.at_the_desk()
        client.post(f"/returns/{request.id}/refuse")

        late = client.post(f"/returns/{request.id}/grant")

        assert late.status_code == 409
        assert "refused by ann@acme.example already" in content_of(late)

    def test_has_nothing_of_another_account(self, reception: Reception) -> None:
        request, client = asked(reception), reception.at_the_desk("ron@rival.example")

        assert client.post(f"/returns/{request.id}/grant").status_code == 404
        assert "Nothing to decide" in text_of(client, "/returns")


class TestTheButtonOfADelivery:
    def test_returns_the_lead(self, reception: Reception) -> None:
        delivery_id, client = delivered(reception), reception.at_the_desk()

        answer = client.post(f"/deliveries/{delivery_id}/return", {"reason": "Bad number"})

        page = text_of(client, answer.headers["Location"])
        assert models.Delivery.objects.get(pk=delivery_id).state == "returned"
        assert "Returned: Bad number" in page
        assert "only if you distribute it" in page

    def test_wants_a_reason(self, reception: Reception) -> None:
        delivery_id, client = delivered(reception), reception.at_the_desk()

        answer = client.post(f"/deliveries/{delivery_id}/return", {"reason": " "})

        assert answer.status_code == 422
        assert "say why the lead comes back" in content_of(answer)


class TestTheRules:
    def test_are_saved_as_a_new_version(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        before = setups.in_force(reception.account_id)

        answer = client.post(
            "/settings/returns",
            {
                "_seen": str(before.version),
                "reasons:lines": "Bad number\nDuplicate\n",
                "within_days:number": "7",
                "decide": "automatic",
                "granted.credit:flag": "true",
            },
        )

        rules = setups.in_force(reception.account_id).configuration.returns
        assert answer.headers["Location"] == "/settings/returns?done=saved"
        assert (rules.reasons, rules.within_days, rules.decide) == (
            ("Bad number", "Duplicate"),
            7,
            "automatic",
        )

    def test_say_what_is_wrong(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        answer = client.post("/settings/returns", {"_seen": "1", "most_percent:number": "120"})

        assert answer.status_code == 422
        assert "from 0 to 100" in content_of(answer)

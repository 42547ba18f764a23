"""Who may see what: nobody without a session, and nobody what is another account's."""

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from reception import ANN, RON, Reception, text_of

from headgate.domain.ids import LeadId
from headgate.services import tracking
from headgate.storage.caps import CapFull
from headgate.web.visits import Visitor, for_members

PAGES = (
    "/leads",
    "/leads/{lead}",
    "/leads/{lead}/trace",
    "/deliveries",
    "/deliveries/{delivery}",
    "/deliveries/{delivery}/panel",
    "/inbox",
)


def addresses(reception: Reception, lead_id: LeadId) -> list[str]:
    lead = tracking.show_lead(account_id=reception.account_id, lead_id=lead_id, in_clear=False)
    return [page.format(lead=lead.id, delivery=lead.deliveries[0].id) for page in PAGES]


class TestAVisitorWithoutSession:
    def test_is_sent_to_sign_in_from_every_page(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")
        client = reception.visit()

        answers = [client.get(page) for page in addresses(reception, lead_id)]

        assert {answer.status_code for answer in answers} == {302}
        assert all(a.headers["Location"].startswith("/sign-in?next=") for a in answers)

    def test_is_sent_there_by_the_browser_when_a_part_is_asked_for(
        self, reception: Reception
    ) -> None:
        lead_id = reception.post_lead(first_name="Ann")

        answer = reception.visit().get(f"/leads/{lead_id}/trace", headers={"HX-Request": "true"})

        assert answer.headers["HX-Redirect"] == "/sign-in"


class TestAMemberOfAnotherAccount:
    def test_finds_no_lead_and_no_delivery(self, reception: Reception) -> None:
        lead_id = reception.post_lead(first_name="Ann")
        client = reception.at_the_desk(RON)

        answers = {
            page: client.get(page).status_code
            for page in addresses(reception, lead_id)
            if page.count("/") > 1
        }

        assert set(answers.values()) == {404}

    @pytest.mark.parametrize("page", ["/leads", "/deliveries", "/inbox"])
    def test_sees_none_in_a_list(self, reception: Reception, page: str) -> None:
        reception.post_lead(first_name="Annabel", zip="90210")
        reception.answer()

        assert "Annabel" not in text_of(reception.at_the_desk(RON), page)

    def test_cannot_choose_the_account(self, reception: Reception) -> None:
        client = reception.at_the_desk(RON)

        client.post("/account", {"account": "acme"})

        assert "Rival Leads" in text_of(client, "/leads")


class TestAUserWithoutAccount:
    def test_is_told_whom_to_ask(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        user = get_user_model().objects.get(email=ANN)
        user.membership_set.all().delete()

        answer = client.get("/leads")

        assert answer.status_code == 403
        assert "Ask an owner" in answer.content.decode()


class TestAnActWhoseLastPlaceWasTaken:
    def test_is_to_be_tried_again(self, reception: Reception) -> None:
        @for_members
        def act(request: HttpRequest, visitor: Visitor) -> HttpResponse:
            raise CapFull

        reception.at_the_desk(ANN)
        request = RequestFactory().post("/leads")
        request.user, request.session = get_user_model().objects.get(email=ANN), {}

        answer = act(request)

        assert answer.status_code == 503
        assert b"Nothing was changed" in answer.content


class TestADatabaseThatDoesNotAnswer:
    def test_is_said_to_pass(self, reception: Reception) -> None:
        def refuse(*_: object) -> None:
            raise OperationalError("the server closed the connection")

        ann = reception.at_the_desk()
        ann.raise_request_exception = False

        with connection.execute_wrapper(refuse):
            answer = ann.get("/leads")

        assert answer.status_code == 503
        assert answer["Retry-After"] == "2"
        assert b"The database does not answer now" in answer.content

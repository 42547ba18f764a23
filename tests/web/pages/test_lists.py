"""The lists of leads, deliveries and arrivals: narrowed, paged, empty."""

import re

import pytest
from reception import RON, Reception, text_of


class TestTheListOfLeads:
    def test_finds_a_lead_by_what_it_says(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel", email="annabel@example.com")
        reception.post_lead(first_name="Bob")

        text = text_of(reception.at_the_desk(), "/leads", q="annabel@")

        assert "Annabel" in text
        assert "Bob" not in text

    def test_narrows_by_state_and_partner(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel")
        reception.post_lead(first_name="Bob", distribute=False)
        client = reception.at_the_desk()

        held = text_of(client, "/leads", state="held")
        at_helios = text_of(client, "/leads", partner="helios")

        assert "Bob" in held
        assert "Annabel" not in held
        assert "Annabel" in at_helios
        assert "Bob" not in at_helios

    def test_leaves_test_leads_out_unless_asked(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel", test=True)
        client = reception.at_the_desk()

        assert "Annabel" not in text_of(client, "/leads")
        assert "Annabel" in text_of(client, "/leads", test="yes")

    def test_pages_without_gap_or_repetition(self, reception: Reception) -> None:
        posted = {str(reception.post_lead(first_name=f"Lead {n}")) for n in range(53)}
        client = reception.at_the_desk()

        first = text_of(client, "/leads")
        older = re.search(r'href="(/leads\?before=[^"]+)" rel="next"', first)
        assert older
        second = text_of(client, older[1])

        shown = re.findall(r'class="row" href="/leads/([^"]+)"', first + second)
        assert len(shown) == 53
        assert set(shown) == posted
        assert '<p class="count">53</p>' in first

    @pytest.mark.parametrize(
        ("query", "said"),
        [({}, "No leads yet"), ({"q": "nobody"}, "No lead fits these filters")],
    )
    def test_names_the_next_step_when_empty(
        self, reception: Reception, query: dict[str, str], said: str
    ) -> None:
        assert said in text_of(reception.at_the_desk(), "/leads", **query)

    def test_asks_for_a_set_up_where_there_is_none(self, reception: Reception) -> None:
        assert "headgate apply FILE" in text_of(reception.at_the_desk(RON), "/leads")

    def test_begins_at_the_top_for_an_unreadable_cursor(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel")

        assert "Annabel" in text_of(reception.at_the_desk(), "/leads", before="nonsense")


class TestTheListOfDeliveries:
    def test_shows_code_and_attempt(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel")
        reception.answer()

        text = text_of(reception.at_the_desk(), "/deliveries")

        assert "Annabel" in text
        assert "Helios Homes" in text
        assert ">200</td>" in text
        assert "1 of 1" in text

    def test_narrows_by_state(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel")
        client = reception.at_the_desk()

        assert "Annabel" in text_of(client, "/deliveries", state="pending")
        assert "Annabel" not in text_of(client, "/deliveries", state="failed")

    def test_opens_one_with_its_attempts(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel")
        reception.answer()
        client = reception.at_the_desk()
        link = re.search(r'href="(/deliveries/[0-9a-f-]{36})"', text_of(client, "/deliveries"))
        assert link

        page = text_of(client, link[1])
        panel = text_of(client, f"{link[1]}/panel")

        for text in (page, panel):
            assert "POST https://helios.example/" in text
            assert "thank you" in text


class TestTheInbox:
    def test_shows_what_a_partner_would_have_received(self, reception: Reception) -> None:
        reception.post_lead(first_name="Annabel", zip="90210", ssn="078-05-1120", test=True)
        reception.answer()

        text = text_of(reception.at_the_desk(), "/inbox")

        assert "Annabel" in text
        assert "90210" in text
        assert "078-05-1120" not in text

    def test_names_the_next_step_when_empty(self, reception: Reception) -> None:
        assert "Nothing has arrived" in text_of(reception.at_the_desk(), "/inbox")

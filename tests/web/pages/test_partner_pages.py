"""Partners in the console: how they stand, and how a person sets them up."""

from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from headgate.channels.contract import Sent
from headgate.domain.configuration import editing
from headgate.domain.configuration.editing import Thing
from headgate.domain.deliveries import Outcome
from headgate.services import administration, partner_notes, setups
from headgate.storage import halts
from headgate.storage.partner_notes import Note
from headgate.web.asking import DOORS

if TYPE_CHECKING:
    from reception import Reception

HELIOS = "/partners/of/helios"
GONE = Sent(outcome=Outcome.REFUSED, ms=5, written=True, status=410, gone=True)


def partner(reception: "Reception", slug: str = "helios") -> dict[str, Any]:
    _, document = administration.written(account_id=reception.account_id)
    found = editing.find(document, Thing("partners", slug))
    assert found is not None
    return found


def notes(reception: "Reception") -> list[Note]:
    return partner_notes.list_notes(account_id=reception.account_id, partner="helios")


def posted(reception: "Reception", **more: Any) -> dict[str, Any]:
    """Return what the browser sends of a partner with a webhook, and what else is said."""
    version, _ = administration.written(account_id=reception.account_id)
    return {
        "_seen": str(version),
        "name": "Helios Homes",
        "delivery[0].channel": "webhook",
        "delivery[0].url": "https://helios.example/",
        "delivery[0].retry.kind": "none",
    } | more


class TestNotes:
    def test_are_added_changed_by_their_author_and_deleted(self, reception: "Reception") -> None:
        from reception import ANN, text_of

        desk = reception.at_the_desk()
        desk.post(f"{HELIOS}/notes", {"text": " Call <Eve>\r\non Mondays "})
        (note,) = notes(reception)

        desk.post(f"{HELIOS}/notes/{note.id}", {"text": "Call Eve"})

        page = text_of(desk, HELIOS)
        assert note.text == "Call <Eve>\non Mondays"
        assert '<p class="words" dir="auto">Call Eve</p>' in page
        assert f"<bdi>{ANN}</bdi>" in page
        desk.post(f"{HELIOS}/notes/{note.id}", {"do": "delete"})
        assert notes(reception) == []

    def test_leave_a_trace_without_their_words(self, reception: "Reception") -> None:
        desk = reception.at_the_desk()
        desk.post(f"{HELIOS}/notes", {"text": "secret words"})

        log = desk.get("/settings/audit-log?kind=partner").content.decode()

        assert "kept notes about a partner" in log
        assert "secret words" not in log

    def test_are_changed_by_their_author_alone(self, reception: "Reception") -> None:
        note_id = partner_notes.add_note(
            account_id=reception.account_id,
            partner="helios",
            text="mine",
            by="bea@acme.example",
            now=reception.now,
        )

        answer = reception.at_the_desk().post(f"{HELIOS}/notes/{note_id}", {"text": "yours"})

        assert answer.status_code == 422
        assert [each.text for each in notes(reception)] == ["mine"]

    @pytest.mark.parametrize("text", ["", " \n", "x" * 4_001])
    def test_say_something_short(self, reception: "Reception", text: str) -> None:
        answer = reception.at_the_desk().post(f"{HELIOS}/notes", {"text": text})

        assert answer.status_code == 422
        assert notes(reception) == []

    def test_of_another_partner_are_not_there(self, reception: "Reception") -> None:
        desk = reception.at_the_desk()
        desk.post(f"{HELIOS}/notes", {"text": "of Helios"})
        (note,) = notes(reception)

        answer = desk.post(f"/partners/of/sunpeak/notes/{note.id}", {"do": "delete"})

        assert answer.status_code == 404
        assert len(notes(reception)) == 1


class TestTheList:
    def test_tells_how_partners_stand(self, reception: "Reception") -> None:
        from reception import text_of

        page = text_of(reception.at_the_desk(), "/partners")

        assert "Helios Homes" in page
        assert "of 25 today" in page
        assert "Europe/Berlin" in page
        assert "Paused" in page

    def test_finds_by_name_and_state(self, reception: "Reception") -> None:
        from reception import text_of

        page = text_of(reception.at_the_desk(), "/partners", q="ROOFS", state="paused")

        assert "Paused Roofs" in page
        assert "Helios" not in page

    def test_finds_by_tag(self, reception: "Reception") -> None:
        from reception import text_of

        desk = reception.at_the_desk()
        desk.post(f"{HELIOS}/edit", posted(reception, **{"tags:words": "Gold,  North  East,gold"}))

        page = text_of(desk, "/partners", tag="north east")

        assert partner(reception)["tags"] == ["gold", "north east"]
        assert "Helios Homes" in page
        assert "SunPeak" not in page
        assert "gold, north east" in text_of(desk, "/partners.csv", tag="gold")

    def test_finds_those_in_trouble(self, reception: "Reception") -> None:
        from reception import text_of

        reception.post_lead(email="ann@a.example")
        reception.answer(GONE)

        page = text_of(reception.at_the_desk(), "/partners", health="stopped")

        assert "Helios Homes" in page
        assert "SunPeak" not in page

    def test_is_exported_as_it_is_narrowed(self, reception: "Reception") -> None:
        response = reception.at_the_desk().get("/partners.csv?state=paused")

        (_, line) = b"".join(async_to_sync(_all)(response)).decode("utf-8-sig").splitlines()

        assert line == "paused,Paused Roofs,,,paused,healthy,inbox,0,0,,"

    def test_says_how_to_begin(self, reception: "Reception") -> None:
        from reception import RON, text_of

        page = text_of(reception.at_the_desk(RON), "/partners")

        assert "Add the first partner" in page


class TestAPartnersPage:
    def test_is_not_there_for_another_account(self, reception: "Reception") -> None:
        from reception import RON

        assert reception.at_the_desk(RON).get(HELIOS).status_code == 404

    @pytest.mark.parametrize("hold", ["yes", ""])
    def test_pauses_and_resumes(self, reception: "Reception", hold: str) -> None:
        desk = reception.at_the_desk()

        assert desk.post(f"{HELIOS}/pause", {"hold": hold}).status_code == 302
        paused = partner(reception)
        assert desk.post(f"{HELIOS}/resume").status_code == 302

        assert (paused["active"], paused.get("hold_open", False)) == (False, hold == "yes")
        assert "active" not in partner(reception)

    def test_says_what_keeps_it_from_the_archive(self, reception: "Reception") -> None:
        refused = reception.at_the_desk().post(f"{HELIOS}/archive")

        assert refused.status_code == 409
        assert "helios" in refused.content.decode()

    def test_archives_what_nothing_names(self, reception: "Reception") -> None:
        desk = reception.at_the_desk()
        desk.post("/partners/new", posted(reception, name="Zephyr Énergie"))

        gone = desk.post("/partners/of/zephyr-energie/archive")

        assert gone.status_code == 302
        assert desk.get("/partners/of/zephyr-energie").status_code == 404

    def test_enables_a_channel_that_was_stopped(self, reception: "Reception") -> None:
        desk = reception.at_the_desk()
        reception.post_lead(email="ann@a.example")
        reception.answer(GONE)
        assert "Enable the channel again" in desk.get(HELIOS).content.decode()

        desk.post(f"{HELIOS}/enable", {"seat": "residential/helios"})

        assert halts.list_all(reception.account_id) == set()


class TestTheEditor:
    def test_makes_a_slug_of_the_name(self, reception: "Reception") -> None:
        desk = reception.at_the_desk()

        saved = desk.post("/partners/new", posted(reception, name="Helios"))

        assert saved["Location"] == "/partners/of/helios-2?done=made"
        assert partner(reception, "helios-2")["name"] == "Helios"

    def test_keeps_what_it_does_not_show(self, reception: "Reception") -> None:
        desk = reception.at_the_desk()
        desk.post(f"{HELIOS}/pause")

        desk.post(f"{HELIOS}/edit", posted(reception, name="Helios & Sons"))

        assert partner(reception)["name"] == "Helios & Sons"
        assert partner(reception)["active"] is False

    def test_shows_flaws_at_their_controls(self, reception: "Reception") -> None:
        wrong = posted(reception, **{"delivery[0].url": "helios", "name": ""})

        page = reception.at_the_desk().post(f"{HELIOS}/edit", wrong)

        assert page.status_code == 422
        assert 'id="f-delivery-0-url-error"' in page.content.decode()
        assert 'id="f-name-error"' in page.content.decode()

    def test_never_shows_a_secret_and_keeps_it(self, reception: "Reception") -> None:
        desk = reception.at_the_desk()
        auth = {"delivery[0].auth.type": "bearer", "delivery[0].auth.token:secret": "s3cr3t"}
        desk.post(f"{HELIOS}/edit", posted(reception, **auth))

        page = desk.get(f"{HELIOS}/edit").content.decode()
        kept = {"delivery[0].auth.type": "bearer", "delivery[0].auth.token:secret": ["stored", ""]}
        saved = desk.post(f"{HELIOS}/edit", posted(reception, **kept))

        assert "s3cr3t" not in page
        assert saved.status_code == 302

    def test_asks_for_the_secret_again_for_another_host(self, reception: "Reception") -> None:
        desk = reception.at_the_desk()
        auth = {"delivery[0].auth.type": "bearer", "delivery[0].auth.token:secret": "s3cr3t"}
        desk.post(f"{HELIOS}/edit", posted(reception, **auth))
        kept = {"delivery[0].auth.type": "bearer", "delivery[0].auth.token:secret": ["stored", ""]}
        elsewhere = kept | {"delivery[0].url": "https://thief.example/"}

        saved = desk.post(f"{HELIOS}/edit", posted(reception, **elsewhere))
        tried = desk.post(f"{HELIOS}/edit", posted(reception, **elsewhere, _do="test delivery[0]"))

        assert (saved.status_code, tried.status_code) == (422, 200)
        assert "It cannot be tried like this" in tried.content.decode()
        assert "the address changed" in tried.content.decode()

    def test_is_for_owners_and_admins(self, reception: "Reception") -> None:
        from reception import PASSWORD

        from headgate.services.people import membership
        from headgate.storage.people import Role

        membership.create_user(
            account_id=reception.account_id,
            email="mel@acme.example",
            password=PASSWORD,
            role=Role.MEMBER,
            now=reception.now,
        )
        desk = reception.at_the_desk("mel@acme.example")

        assert desk.get(f"{HELIOS}/edit").status_code == 403
        assert "Pause the partner" not in desk.get(HELIOS).content.decode()

    @pytest.mark.parametrize(
        ("channel", "control"),
        [
            ("email", "delivery[0].to:lines"),
            ("portal", "delivery[0].accept"),
            ("slack", "delivery[0].url:secret"),
            ("twilio", "delivery[0].from"),
            ("telegram", "delivery[0].chat_id"),
        ],
    )
    def test_follows_the_channel(self, reception: "Reception", channel: str, control: str) -> None:
        said = posted(reception, **{"delivery[0].channel": channel, "_do": "redraw"})

        page = reception.at_the_desk().post(f"{HELIOS}/edit", said)

        assert f'name="{control}"' in page.content.decode()

    def test_keeps_the_texts_of_mails_that_go_as_a_digest(self, reception: "Reception") -> None:
        said = {
            "delivery[0].channel": "email",
            "delivery[0].to:lines": "a@helios.example",
            "delivery[0].html:verbatim": "<b>Hi</b>",
            "delivery[0].attach:list": ["", "csv"],
            "delivery[0].digest.kind": "hourly",
            "_do": "redraw",
        }

        page = reception.at_the_desk().post(f"{HELIOS}/edit", posted(reception, **said))

        assert (
            '<input type="hidden" name="delivery[0].html:verbatim" value="&lt;b&gt;Hi&lt;/b&gt;">'
            in page.content.decode()
        )
        assert 'name="delivery[0].attach:list" value="csv">' in page.content.decode()


class TestTrying:
    def test_previews_a_draft_without_effects(self, reception: "Reception") -> None:
        lead = reception.post_lead(email="ann@a.example", ssn="078-05-1120")
        draft = posted(
            reception,
            **{"delivery[0].headers[0].name": "X-Key", "delivery[0].headers[0].value:secret": "k"},
            _do="preview delivery[0]",
        )
        draft["_lead delivery[0]"] = str(lead)

        page = reception.at_the_desk().post(f"{HELIOS}/edit", draft).content.decode()

        assert "X-Key: •••" in page
        assert "ann@a.example" in page
        assert "078-05-1120" not in page
        assert "headers" not in partner(reception)["delivery"]

    def test_previews_a_mail(self, reception: "Reception") -> None:
        draft = {
            "delivery[0].channel": "email",
            "delivery[0].to:lines": "leads@helios.example",
            "_do": "preview delivery[0]",
            "_lead delivery[0]": "made-up:solar",
        }

        page = reception.at_the_desk().post(f"{HELIOS}/edit", posted(reception, **draft))

        assert "SMTP is not configured" in page.content.decode()

    @pytest.mark.parametrize(
        ("path", "said"),
        [(f"{HELIOS}/test", {}), (f"{HELIOS}/edit", {"_do": "test delivery[0]"})],
    )
    def test_sends_a_made_up_lead_and_shows_the_answer(
        self, reception: "Reception", path: str, said: dict[str, str]
    ) -> None:
        desk = _Desk()
        desk.cookies = reception.at_the_desk().cookies

        page = async_to_sync(desk.post)(path, posted(reception, **said)).content.decode()

        assert desk.doors.asked == ["webhook"]
        assert "thank you" in page
        assert "The partner accepted it" in page
        assert setups.in_force(reception.account_id).version == 1


async def _all(response: Any) -> list[bytes]:
    return [part async for part in response]


class _Doors:
    """Stands for the process that sends."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, channel: str, request: object) -> Sent:
        self.asked.append(channel)
        return Sent(outcome=Outcome.DELIVERED, ms=5, written=True, status=200, answer="thank you")


class _Desk(AsyncClient):
    """A browser whose requests come as the front passes them on."""

    doors = _Doors()

    def _base_scope(self, **request: Any) -> Any:
        self.doors = _Doors()
        return {**super()._base_scope(**request), DOORS: self.doors}  # type: ignore[misc]

"""The partner portal: what its people see and do, and what they never reach."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from portal_desk import FOREIGN, HEL, PORTALS, QUI, RIV, PortalDesk
from reception import ANN, PASSWORD, Reception, content_of, text_of
from test_who_may_see_what import routes

from headgate import clock
from headgate.services import balances, setups
from headgate.services.people import portal_access
from headgate.storage import audit
from headgate.storage.audit import Filters
from headgate.web.portal import passwords
from headgate.web.portal import sign_in as portal_sign_in
from headgate.web.portal.visits import COOKIE

OPEN = {"portal-sign-in", "portal-sign-out", "portal-password", "portal-forgotten"}
OPEN |= {"portal-link-sent"}
# Of the rest of the site, whatever anybody may open without a session.
FOR_ANYBODY = {"sign-in", "account_login", "account_reset_password", "account_reset_password_done"}
FOR_ANYBODY |= {"account_reset_password_from_key", "account_reset_password_from_key_done"}
FOR_ANYBODY |= {"mfa_login_webauthn"}


@pytest.fixture
def desk(reception: Reception, now: Any) -> PortalDesk:
    for throttle in (portal_sign_in.gate.sieges, passwords.asked_for):
        throttle.forgive(HEL)
    return PortalDesk(reception, now)


def sign_in(client: Client, email: str = HEL, password: str = PASSWORD) -> Any:
    return client.post("/portal/sign-in", {"email": email, "password": password})


def log(desk: PortalDesk) -> list[tuple[str, str, str | None]]:
    page = audit.list_page(desk.account_id, Filters(), before=None, limit=50)
    return [(each.actor, each.action, each.after) for each in page]


class TestAnInvitation:
    def test_is_made_on_the_partners_page(self, desk: PortalDesk) -> None:
        staff = desk.reception.at_the_desk()

        page = staff.post("/partners/of/helios/portal/invite", {"email": "New@Helios.example"})

        link = re.search(r"/portal/password/[\w-]+", content_of(page))
        assert link
        assert "Choose a password" in text_of(desk.reception.visit(), link[0])
        assert "new@helios.example" in text_of(staff, "/partners/of/helios")

    def test_says_what_is_wrong_with_an_address(self, desk: PortalDesk) -> None:
        staff = desk.reception.at_the_desk()

        page = staff.post("/partners/of/helios/portal/invite", {"email": "nobody"})

        assert page.status_code == 422

    def test_works_once(self, desk: PortalDesk) -> None:
        desk.join(HEL)

        again = desk.reception.visit().get(f"/portal/password/{desk.tokens[HEL]}")

        assert again.status_code == 410

    def test_wants_a_password_that_holds(self, desk: PortalDesk) -> None:
        client, link = desk.reception.visit(), f"/portal/password/{desk.tokens[HEL]}"

        refused = client.post(link, {"password": "password"})

        assert refused.status_code == 422
        assert desk.user(HEL).password is None
        assert COOKIE not in refused.cookies

    def test_is_too_old_after_a_week(self, desk: PortalDesk) -> None:
        late = clock.now() + portal_access.INVITATION_LIVES

        with pytest.raises(portal_access.LinkVoid):
            portal_access.access_of_link(token=desk.tokens[HEL], now=late)


class TestSigningIn:
    def test_opens_the_leads(self, desk: PortalDesk) -> None:
        desk.join(HEL)
        client = desk.reception.visit()

        answer = sign_in(client)

        assert answer.headers["Location"] == "/portal"
        assert answer.cookies[COOKIE]["path"] == "/portal"
        assert answer.cookies[COOKIE]["httponly"]
        assert "Helios Homes" in text_of(client, "/portal")

    def test_refuses_a_wrong_password_and_then_makes_wait(self, desk: PortalDesk) -> None:
        desk.join(HEL)
        client = desk.reception.visit()

        answers = [sign_in(client, password="wrong").status_code for _ in range(6)]

        assert answers == [422] * 5 + [429]
        assert (f"partner helios: {HEL}", "sign_in.failed") in [each[:2] for each in log(desk)]

    def test_is_open_to_nobody_who_has_not_joined(self, desk: PortalDesk) -> None:
        assert sign_in(desk.reception.visit(), password="").status_code == 422
        assert sign_in(desk.reception.visit()).status_code == 422

    def test_tells_the_portals_of_one_person_by_their_passwords(self, desk: PortalDesk) -> None:
        desk.join(HEL)
        token = desk.invite("quiet", HEL)
        client = desk.reception.visit()

        same = client.post(f"/portal/password/{token}", {"password": PASSWORD})
        client.post(f"/portal/password/{token}", {"password": "quiet-flows-the-don"})

        assert same.status_code == 422
        assert "Quiet Roofs" in text_of(client, "/portal")
        sign_in(client)
        assert "Helios Homes" in text_of(client, "/portal")

    def test_ends_by_signing_out(self, desk: PortalDesk) -> None:
        client = desk.join(HEL)
        kept = client.cookies[COOKIE].value

        client.post("/portal/sign-out")

        client.cookies[COOKIE] = kept
        assert client.get("/portal").status_code == 302

    def test_ends_everywhere_with_a_new_password(self, desk: PortalDesk) -> None:
        client = desk.join(HEL)
        ((_, token),) = portal_access.open_reset(email=HEL, now=clock.now())

        desk.reception.visit().post(f"/portal/password/{token}", {"password": "fresh-water-9"})

        assert client.get("/portal").status_code == 302

    def test_wants_the_forms_own_token(self, desk: PortalDesk) -> None:
        client = desk.reception.visit(checks_csrf=True)

        assert sign_in(client).status_code == 403


class TestALink:
    def test_is_made_for_those_alone_who_joined(self, desk: PortalDesk) -> None:
        assert portal_access.open_reset(email=HEL, now=desk.now) == []


class TestWhoIsSentAway:
    def test_is_out_at_once(self, desk: PortalDesk) -> None:
        client, staff = desk.join(HEL), desk.reception.at_the_desk()

        staff.post(f"/partners/of/helios/portal/{desk.user(HEL).id}/revoke")

        assert client.get("/portal").status_code == 302
        assert sign_in(desk.reception.visit()).status_code == 422

    def test_is_out_when_the_partner_is_archived(self, desk: PortalDesk) -> None:
        client = desk.join(QUI)
        seat = b"      - {partner: quiet, rules:"
        source = PORTALS.replace(seat, b"      - {partner: rivals, slug: b, rules:")
        begin, end = source.index(b"  - slug: quiet"), source.index(b"  - {slug: rivals")

        desk.apply(source[:begin] + source[end:])

        assert client.get("/portal").status_code == 302

    def test_is_of_that_partner_alone(self, desk: PortalDesk) -> None:
        staff = desk.reception.at_the_desk()

        staff.post(f"/partners/of/quiet/portal/{desk.user(HEL).id}/revoke")

        assert desk.user(HEL)


class TestAnOfferedLead:
    def test_hides_how_to_reach_the_person(self, desk: PortalDesk) -> None:
        id = desk.lead("1", first_name="Sunny", email="sunny@example.com", ssn="078-05-1120")

        page = text_of(desk.join(HEL), f"/portal/leads/{id}")

        assert "Sunny" in page
        assert "sunny@example.com" not in page
        assert "078-05-1120" not in page
        assert "once you accept" in page

    def test_is_accepted(self, desk: PortalDesk) -> None:
        id = desk.lead("1", first_name="Sunny", email="sunny@example.com", ssn="078-05-1120")
        client = desk.join(HEL)

        client.post(f"/portal/leads/{id}/accept")

        assert desk.state(id) == "delivered"
        page = text_of(client, f"/portal/leads/{id}")
        assert "sunny@example.com" in page
        assert "078-05-1120" in page
        assert log(desk)[0][:2] == (f"partner helios: {HEL}", "delivery.resolved")

    def test_is_rejected_with_a_reason_and_gone(self, desk: PortalDesk) -> None:
        id = desk.lead("1", first_name="Sunny")
        client = desk.join(HEL)

        client.post(f"/portal/leads/{id}/reject", {"reason": "Too far"})

        assert desk.state(id) == "rejected"
        assert client.get(f"/portal/leads/{id}").status_code == 404

    def test_says_when_it_came_too_late(self, desk: PortalDesk) -> None:
        id = desk.lead("1", first_name="Sunny")
        client = desk.join(HEL)
        client.post(f"/portal/leads/{id}/reject")

        late = client.post(f"/portal/leads/{id}/accept")

        assert late.headers["Location"] == "/portal?done=late"
        assert desk.state(id) == "rejected"

    @pytest.mark.parametrize("act", ["accept", "reject", "return"])
    def test_is_answered_by_its_own_partner(self, desk: PortalDesk, act: str) -> None:
        id = desk.lead("1", first_name="Sunny")

        answer = desk.join(RIV).post(f"/portal/leads/{id}/{act}", {"reason": "Wrong number"})

        assert answer.status_code == 404
        assert desk.state(id) == "pending"


class TestALead:
    def test_shows_what_the_delivery_settings_tell(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny", email="sunny@example.com", ssn="078-05-1120")

        page = text_of(desk.join(QUI), f"/portal/leads/{id}")

        assert "Sunny" in page
        assert "sunny@example.com" not in page
        assert "078-05-1120" not in page

    def test_is_exported_as_harmless_cells(self, desk: PortalDesk) -> None:
        desk.lead("2", first_name="=Sunny()", email="sunny@example.com")

        file = text_of(desk.join(QUI), "/portal/leads.csv")

        header, row = file.splitlines()
        assert header.endswith("Price,Currency,First name,ZIP code,What became of it,Sold for,Note")
        assert row.endswith("Yours,Solar leads,12.50,USD,'=Sunny(),2,,,")

    def test_is_found_by_its_state_and_day(self, desk: PortalDesk) -> None:
        desk.lead("1", first_name="Sunny")
        client = desk.join(HEL)
        day = (desk.now + timedelta(days=2)).date().isoformat()

        assert "Sunny" in text_of(client, "/portal", state="pending")
        assert "Sunny" not in text_of(client, "/portal", state="delivered")
        assert "Sunny" not in text_of(client, "/portal", **{"from": day})
        assert client.get("/portal?from=nonsense").status_code == 422


class TestAReturn:
    def test_is_asked_for(self, desk: PortalDesk) -> None:
        id = desk.lead("1", first_name="Sunny")
        client = desk.join(HEL)
        client.post(f"/portal/leads/{id}/accept")

        client.post(f"/portal/leads/{id}/return", {"reason": "Wrong number", "remark": "Fax"})

        page = text_of(client, f"/portal/leads/{id}")
        assert "Return asked for" in page
        assert "Fax" in page

    def test_needs_the_right(self, desk: PortalDesk) -> None:
        id = desk.lead("2", first_name="Sunny")

        answer = desk.join(QUI).post(f"/portal/leads/{id}/return", {"reason": "Wrong number"})

        assert answer.status_code == 403


class TestAnInvoice:
    def test_is_listed_for_its_partner_alone(self, desk: PortalDesk) -> None:
        desk.lead("2", first_name="Sunny")
        desk.lead("9", first_name="FOREIGN lead")
        own, foreign = desk.issue("quiet"), desk.issue("rivals")
        client = desk.join(QUI)

        page = text_of(client, "/portal/invoices")

        assert f"/portal/invoices/{own}.pdf" in page
        assert str(foreign) not in page
        assert client.get(f"/portal/invoices/{foreign}.pdf").status_code == 404


class TestAPartner:
    def test_pauses_and_resumes_itself(self, desk: PortalDesk) -> None:
        client = desk.join(HEL)

        client.post("/portal/partner/pause")
        paused = desk.partner("helios").active
        client.post("/portal/partner/resume")
        resumed = desk.partner("helios").active

        assert (paused, resumed) == (False, True)
        assert log(desk)[0][:2] == (f"partner helios: {HEL}", "configuration.changed")

    def test_changes_its_contact(self, desk: PortalDesk) -> None:
        client = desk.join(HEL)

        bad = client.post("/portal/partner/contact", {"email": "nobody"})
        client.post("/portal/partner/contact", {"email": "new@helios.example"})

        assert bad.status_code == 422
        assert desk.partner("helios").email == "new@helios.example"

    def test_sees_what_is_left_of_its_balance_or_what_it_owes(self, desk: PortalDesk) -> None:
        desk.apply(PORTALS.replace(b"name: Helios Homes", b"name: Helios Homes\n    prepaid: true"))
        what: dict[str, Any] = {
            "account_id": desk.account_id,
            "partner": "helios",
            "by": "a",
            "now": desk.now,
        }
        client = desk.join(HEL)

        balances.top_up(**what, amount="30.00", reference=None)
        left = text_of(client, "/portal/partner")
        balances.adjust(**what, amount="-42.00", reason="Late fee")
        owed = text_of(client, "/portal/partner")

        assert "30.00 USD</span> is left of what you paid ahead" in left
        assert 'You owe <span class="number">12.00 USD</span>' in owed

    @pytest.mark.parametrize("path", ["pause", "resume", "contact"])
    def test_needs_the_right_for_it(self, desk: PortalDesk, path: str) -> None:
        assert desk.join(QUI).post(f"/portal/partner/{path}").status_code == 403


def _may_open(name: str) -> bool:
    return name in FOR_ANYBODY or name.startswith("portal")


def _address(name: str, route: str, id: UUID) -> str:
    """Return an address at which another has something: numbers from 1 up are there."""
    of_kind = {"uuid": id, "int": 1, "slug": "rivals", "str": "nonsense"}
    named = {key: of_kind[kind] for kind, key in re.findall(r"<(\w+):(\w+)>", route)}
    return reverse(name, kwargs=named | ({"entity": "solar"} if "entity" in named else {}))


class TestEveryAddress:
    def test_is_closed_to_partners_unless_it_is_the_portals(self, desk: PortalDesk) -> None:
        """Also with the portal's session shown as the console's, and as a key of the API."""
        foreign = desk.lead("9", first_name="FOREIGN lead", email="foreign@example.com")
        own = desk.lead("1", first_name="Sunny")
        client = desk.join(HEL)
        client.raise_request_exception = False
        client.cookies["headgate_session"] = client.cookies[COOKIE].value
        before = setups.in_force(desk.account_id).version

        told = []
        for name, route, _ in routes():
            if name in OPEN:
                continue
            path = _address(name, route, foreign)
            answers = [client.get(path), client.post(path)]
            shown = "".join(content_of(each) for each in answers)
            opened = any(each.status_code == 200 for each in answers)
            told += [(name, "opened")] if opened and not _may_open(name) else []
            leaks = any(marker in shown for marker in (FOREIGN, "foreign@", "Rival Leads"))
            told += [(name, "leaked")] if leaks else []
            told += [(name, "failed")] if any(each.status_code >= 500 for each in answers) else []

        assert told == []
        assert desk.state(own) == "pending"
        assert setups.in_force(desk.account_id).version - before <= 2  # its own pause and resume

    def test_of_the_portal_is_closed_to_staff(self, desk: PortalDesk) -> None:
        staff = desk.reception.at_the_desk(ANN)
        staff.cookies[COOKIE] = staff.cookies["headgate_session"].value

        answers = {
            name: {staff.get(path).status_code, staff.post(path).status_code}
            for name, route, _ in routes()
            if route.startswith("portal") and name not in OPEN
            for path in [_address(name, route, UUID(int=1))]
        }

        assert {status for each in answers.values() for status in each} <= {302, 405}

    def test_carries_the_policy(self, desk: PortalDesk) -> None:
        id, client = desk.lead("1", first_name="Sunny"), desk.join(HEL)

        for path in ("/portal", f"/portal/leads/{id}", "/portal/partner", "/portal/sign-in"):
            answer = client.get(path)
            text = content_of(answer)
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
            assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text)

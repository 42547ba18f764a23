"""Account Settings: members, keys, versions, the audit log, mail servers and alerts."""

import re

import pytest
from django.test import Client
from reception import ACME, ANN, PASSWORD, Reception, text_of

from headgate.domain.audit import Action, Entry
from headgate.domain.ids import UserId
from headgate.services import versions
from headgate.services.drafting import load
from headgate.services.people import membership
from headgate.storage import accounts, audit, keys, people
from headgate.storage.audit import Filters
from headgate.storage.people import Role

BOB = "bob@acme.example"


def user(reception: Reception, email: str, role: Role) -> UserId:
    return membership.create_user(
        account_id=reception.account_id,
        email=email,
        password=PASSWORD,
        role=role,
        now=reception.now,
    )


def invite(client: Client, **said: str) -> str:
    """Return the path of the link that the page shows."""
    response = client.post("/settings/members/invite", {"email": BOB, "role": "member", **said})
    assert response.status_code == 200, response.content.decode()
    [link] = re.findall(r"http://testserver(/join/[\w-]+)", response.content.decode())
    return str(link)


def last(reception: Reception) -> Entry:
    return audit.list_page(reception.account_id, Filters(), before=None, limit=1)[0]


class TestAnInvitation:
    def test_makes_a_new_user_a_member(self, reception: Reception) -> None:
        link = invite(reception.at_the_desk())
        client = reception.visit()

        response = client.post(link, {"password": "down-flows-water"})

        assert response.headers["Location"] == "/"
        assert client.get("/leads").status_code == 200
        assert client.get("/settings/members").status_code == 403

    def test_works_once(self, reception: Reception) -> None:
        link = invite(reception.at_the_desk())
        reception.visit().post(link, {"password": "down-flows-water"})

        assert reception.visit().get(link).status_code == 410

    def test_asks_for_a_password_that_holds(self, reception: Reception) -> None:
        link = invite(reception.at_the_desk())

        response = reception.visit().post(link, {"password": "password"})

        assert response.status_code == 422
        assert reception.visit().get(link).status_code == 200

    def test_asks_a_known_user_to_sign_in_first(self, reception: Reception) -> None:
        link = invite(reception.at_the_desk(), email="ron@rival.example")

        page = text_of(reception.visit(), link)
        reception.visit().post(link, {"password": "down-flows-water"})

        assert "Sign in, then join" in page
        assert len(people.list_members(reception.account_id)) == 1

    def test_is_joined_by_the_user_it_is_for(self, reception: Reception) -> None:
        link = invite(reception.at_the_desk(), email="ron@rival.example")
        ron = reception.at_the_desk("ron@rival.example")

        ron.post(link)

        assert "Acme Leads" in text_of(ron, "/leads")

    def test_can_be_withdrawn(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        link = invite(client)
        [id] = re.findall(r"invited/(\d+)/withdraw", text_of(client, "/settings/members"))

        client.post(f"/settings/members/invited/{id}/withdraw")

        assert reception.visit().get(link).status_code == 410

    def test_is_refused_for_a_member(self, reception: Reception) -> None:
        response = reception.at_the_desk().post("/settings/members/invite", {"email": ANN})

        assert response.status_code == 422
        assert "is a member already" in response.content.decode()


class TestAMember:
    def test_changes_role_and_entities(self, reception: Reception) -> None:
        bob = user(reception, BOB, Role.ADMIN)
        said = {"role": "member", "reach": "some", "entities": ["solar"]}

        reception.at_the_desk().post(f"/settings/members/{bob}", said)

        member = people.find_member(reception.account_id, bob)
        assert member is not None
        assert (member.role, member.entities) == (Role.MEMBER, ("solar",))
        assert last(reception).action == Action.MEMBER_CHANGED
        assert '"role": "admin"' in (last(reception).before or "")

    def test_is_gone_at_once(self, reception: Reception) -> None:
        bob = user(reception, BOB, Role.ADMIN)
        client = reception.at_the_desk(BOB)

        reception.at_the_desk().post(f"/settings/members/{bob}/remove")

        assert client.get("/leads").status_code == 403

    def test_that_owns_alone_stays(self, reception: Reception) -> None:
        ann = people.find_user(ANN)
        client = reception.at_the_desk()

        removed = client.post(f"/settings/members/{ann}/remove")
        changed = client.post(f"/settings/members/{ann}", {"role": "member"})

        assert (removed.status_code, changed.status_code) == (409, 409)
        assert people.owners_of(reception.account_id) == [ANN]

    def test_that_is_an_admin_has_no_power_over_owners(self, reception: Reception) -> None:
        user(reception, BOB, Role.ADMIN)
        client, ann = reception.at_the_desk(BOB), people.find_user(ANN)
        wanted = {"email": "eve@acme.example", "role": "owner"}

        assert client.post(f"/settings/members/{ann}/remove").status_code == 409
        assert client.post("/settings/members/invite", wanted).status_code == 422


class TestAKey:
    def test_is_shown_once_and_revoked(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        made = client.post("/settings/api", {"scope": "intake", "source": "solar/api"})
        shown = re.findall(r"hg_\w{48}", made.content.decode())

        key = keys.list_all(reception.account_id)[0]
        client.post(f"/settings/api/{key.id}/revoke")

        assert len(shown) == 1
        assert (key.prefix, key.source) == (shown[0][:9], "api")
        assert shown[0] not in text_of(client, "/settings/api")
        assert keys.list_all(reception.account_id)[0].revoked_at is not None
        assert last(reception).action == Action.KEY_REVOKED

    def test_for_intake_needs_a_source(self, reception: Reception) -> None:
        response = reception.at_the_desk().post("/settings/api", {"scope": "intake"})

        assert response.status_code == 422


class TestAVersion:
    def test_is_shown_and_downloaded_without_secrets(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        assert "Helios Homes" in text_of(client, "/settings/configuration/1")
        assert "based_on: 1" in text_of(client, "/settings/configuration/1.yaml")

    def test_is_put_in_force_again(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        client.post(
            "/settings/configuration/apply",
            {"source": ACME.decode().replace("Helios Homes", "Helios"), "_do": "apply"},
        )

        page = text_of(client, "/settings/configuration/1")
        client.post("/settings/configuration/1/roll-back")

        assert "Partner helios: name Helios → Helios Homes" in page or "Helios Homes" in page
        assert accounts.version_in_force(reception.account_id) == 3
        assert versions.version_yaml(account_id=reception.account_id, version=3)
        assert last(reception).action == Action.ROLLED_BACK

    def test_that_is_not_there_is_not_found(self, reception: Reception) -> None:
        assert reception.at_the_desk().get("/settings/configuration/9").status_code == 404


class TestAFile:
    def test_is_planned_first(self, reception: Reception) -> None:
        said = {"source": ACME.decode().replace("Helios Homes", "Helios"), "_do": "plan"}

        response = reception.at_the_desk().post("/settings/configuration/apply", said)

        assert "What would change" in response.content.decode()
        assert accounts.version_in_force(reception.account_id) == 1

    def test_tells_every_flaw_and_its_place(self, reception: Reception) -> None:
        said = {"source": "version: 1\npartners: [{slug: A B}]\n"}

        response = reception.at_the_desk().post("/settings/configuration/apply", said)

        assert response.status_code == 422
        assert "partners[0].slug" in response.content.decode()

    def test_that_is_based_on_another_version_asks_for_force(self, reception: Reception) -> None:
        said = {"source": "based_on: 7\n" + ACME.decode().replace("Helios", "Hyperion")}
        client = reception.at_the_desk()

        refused = client.post("/settings/configuration/apply", {**said, "_do": "apply"})
        forced = {**said, "_do": "apply", "force": "yes"}
        client.post("/settings/configuration/apply", forced)

        assert refused.status_code == 409
        assert accounts.version_in_force(reception.account_id) == 2


class TestTheAccount:
    def test_is_renamed_by_a_new_version(self, reception: Reception) -> None:
        said = {"name": "Acme GmbH", "timezone": "UTC", "currency": "USD", "_seen": "1"}

        response = reception.at_the_desk().post("/settings/general", said)

        assert response.headers["Location"] == "/settings/general?done=saved"
        assert load(reception.account_id, 2).account.name == "Acme GmbH"

    def test_names_what_is_wrong(self, reception: Reception) -> None:
        said = {"name": "Acme", "timezone": "Mars/Base", "currency": "USD", "_seen": "1"}

        response = reception.at_the_desk().post("/settings/general", said)

        assert response.status_code == 422
        assert "Mars/Base" in response.content.decode()

    def test_is_joined_by_another(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        said = {"name": "Second", "timezone": "UTC", "currency": "EUR"}

        client.post("/settings/new-account", said)

        assert "Second" in text_of(client, "/leads")


class TestTheMailServers:
    def test_are_saved_and_the_password_is_never_shown(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        said = {
            "smtp.host": "mail.acme.example",
            "smtp.security": "starttls",
            "smtp.sender": "leads@acme.example",
            "smtp.password:secret": "open-sesame",
            "imap.security": "tls",
            "_seen": "1",
        }

        client.post("/settings/email", said)

        servers = load(reception.account_id, 2).email
        assert servers.smtp is not None
        assert servers.smtp.port == 587
        assert servers.imap is None
        assert "open-sesame" not in text_of(client, "/settings/email")

    def test_are_missed_in_the_menu(self, reception: Reception) -> None:
        assert "Mail is not set up" in text_of(reception.at_the_desk(), "/leads")


class TestTheAuditLog:
    def test_is_narrowed_and_exported(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        reception.sign_in(reception.visit(), password="guessed")

        page = text_of(client, "/settings/audit-log", kind="sign_in", actor="ann")
        exported = text_of(client, "/settings/audit-log.csv")

        assert "failed to sign in" in page
        assert "changed the configuration" not in page
        assert "sign_in.failed" in exported

    def test_has_words_for_every_action(self) -> None:
        from headgate.web.pages.settings.audit_log import KINDS
        from headgate.web.pages.settings.audit_words import said_of

        assert all(said_of(action) != action for action in Action)
        assert {action.partition(".")[0] for action in Action} <= {kind for kind, _ in KINDS}


class TestAlerts:
    def test_say_who_is_told(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        client.post("/settings/alerts/told", {"webhook": "https://ops.acme.example/", "_seen": "1"})

        assert "https://ops.acme.example/" in text_of(client, "/settings/alerts")


class TestEveryPage:
    @pytest.mark.parametrize(
        "path",
        [
            "general",
            "new-account",
            "email",
            "alerts",
            "alerts/told",
            "members",
            "api",
            "configuration",
            "configuration/apply",
            "audit-log",
        ],
    )
    def test_is_for_owners_and_admins_alone(self, reception: Reception, path: str) -> None:
        user(reception, BOB, Role.MEMBER)

        assert reception.at_the_desk().get(f"/settings/{path}").status_code == 200
        assert reception.at_the_desk(BOB).get(f"/settings/{path}").status_code == 403

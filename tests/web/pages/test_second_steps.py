"""Second steps at the sign-in, new passwords, and the end of sessions."""

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from reception import ANN, PASSWORD, Reception, text_of

from headgate.domain.audit import Action
from headgate.storage import audit
from headgate.storage.audit import Filters


def confirm(client: Client) -> None:
    client.post("/your-sign-in/confirm", {"password": PASSWORD})


def code_of(secret: str) -> str:
    counter = next(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counter)))


def add_app(client: Client) -> tuple[str, list[str]]:
    """Return the secret of a new authenticator app, and the recovery codes that came with it."""
    confirm(client)
    page = text_of(client, "/your-sign-in/app")
    (secret,) = re.findall(r'<p class="code">([A-Z0-9]+)</p>', page)
    assert "<svg" in page
    added = client.post("/your-sign-in/app", {"code": code_of(secret)})
    assert added.status_code == 302, added.content.decode()
    codes = re.findall(r"<li>(\w+)</li>", text_of(client, "/your-sign-in/recovery-codes"))
    return secret, codes


def actions(reception: Reception) -> list[str]:
    found = audit.list_page(reception.account_id, Filters(kind="sign_in"), before=None, limit=50)
    return [entry.action for entry in found]


class TestAnAuthenticatorApp:
    @pytest.fixture(autouse=True)
    def _app(self, reception: Reception) -> None:
        self.secret, self.codes = add_app(reception.at_the_desk())
        self.client = reception.visit()

    def test_is_asked_for_after_the_password(self, reception: Reception) -> None:
        response = reception.sign_in(self.client)

        assert response.headers["Location"] == "/sign-in/second-step"
        assert self.client.get("/leads").status_code == 302

    def test_lets_a_recovery_code_in_once(self, reception: Reception) -> None:
        reception.sign_in(self.client)
        first = self.client.post("/sign-in/second-step", {"code": self.codes[0]})
        again = reception.visit()
        reception.sign_in(again)

        second = again.post("/sign-in/second-step", {"code": self.codes[0]})

        assert first.status_code == 302
        assert self.client.get("/leads").status_code == 200
        assert second.status_code == 422

    def test_refuses_a_wrong_code_and_notes_it(self, reception: Reception) -> None:
        reception.sign_in(self.client)

        response = self.client.post("/sign-in/second-step", {"code": "000000"})

        assert response.status_code == 422
        assert actions(reception)[0] == Action.SIGN_IN_FAILED

    def test_is_kept_in_no_clear(self, reception: Reception) -> None:
        from allauth.mfa.models import Authenticator

        stored = str(list(Authenticator.objects.values_list("data", flat=True)))

        assert self.secret not in stored

    def test_shows_recovery_codes_once(self, reception: Reception) -> None:
        reception.sign_in(self.client)
        self.client.post("/sign-in/second-step", {"code": self.codes[0]})
        confirm(self.client)

        page = text_of(self.client, "/your-sign-in/recovery-codes")

        assert len(self.codes) == 10
        assert not any(code in page for code in self.codes)


class TestChangingTheSignIn:
    @pytest.mark.parametrize(
        "path", ["app", "passkeys/add", "recovery-codes/new", "passkeys/7/remove"]
    )
    def test_asks_once_more_who_it_is(self, reception: Reception, path: str) -> None:
        response = reception.at_the_desk().get(f"/your-sign-in/{path}")

        assert response.headers["Location"].startswith("/your-sign-in/confirm?next=")

    def test_ends_every_other_session_with_a_new_password(self, reception: Reception) -> None:
        other, client = reception.at_the_desk(), reception.at_the_desk()
        said = {"oldpassword": PASSWORD, "password1": "down-flows-water"}

        response = client.post("/your-sign-in/password", {**said, "password2": said["password1"]})

        assert response.headers["Location"] == "/your-sign-in?done=password"
        assert client.get("/your-sign-in").status_code == 200
        assert other.get("/leads").status_code == 302
        assert Action.CREDENTIAL_CHANGED in actions(reception)

    def test_signs_out_everywhere_else(self, reception: Reception) -> None:
        other, client = reception.at_the_desk(), reception.at_the_desk()

        client.post("/your-sign-in/sign-out-elsewhere")

        assert other.get("/leads").status_code == 302
        assert client.get("/leads").status_code == 200


class TestAForgottenPassword:
    def test_is_mailed_no_link_without_an_address_of_our_own(self, reception: Reception) -> None:
        response = reception.visit().get("/sign-in/forgotten")

        assert response.status_code == 409

    @pytest.mark.parametrize("email", [ANN, "nobody@acme.example"])
    def test_tells_nobody_whether_an_address_is_known(
        self, reception: Reception, settings: Any, email: str
    ) -> None:
        settings.BASE_URL = "https://headgate.example"

        response = reception.visit().post("/sign-in/forgotten", {"email": email})

        assert response.headers["Location"] == "/sign-in/forgotten/sent"

    def test_refuses_a_link_that_was_made_up(self, reception: Reception) -> None:
        page = text_of(reception.visit(), "/sign-in/new-password/1/abc-def")

        assert "works no more" in page

    def test_is_not_asked_for_without_end(self, reception: Reception, settings: Any) -> None:
        settings.BASE_URL = "https://headgate.example"
        client = reception.visit()

        answers = [client.post("/sign-in/forgotten", {"email": ANN}) for _ in range(6)]

        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert "Too many tries" in answers[-1].content.decode()


class TestSigningUp:
    @pytest.mark.parametrize(
        "path", ["/accounts/signup/", "/sign-up", "/signup", "/accounts/login/"]
    )
    def test_is_nowhere(self, reception: Reception, path: str) -> None:
        assert reception.visit().get(path).status_code == 404


class TestAPasskey:
    def test_is_offered_options_without_telling_who_has_one(self, reception: Reception) -> None:
        response = reception.visit().get("/sign-in/passkey", headers={"Accept": "application/json"})

        assert not response.json()["request_options"]["publicKey"]["allowCredentials"]

    def test_that_is_unknown_opens_nothing(self, reception: Reception) -> None:
        client = reception.visit()
        client.get("/sign-in/passkey", headers={"Accept": "application/json"})

        response = client.post("/sign-in/passkey", {"credential": "{}"})

        assert response.headers["Location"] == "/sign-in?passkey=unknown"

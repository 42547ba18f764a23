"""How allauth is fitted into the house: our audit log, mail channel, addresses and keys."""

from typing import Any
from urllib.parse import urljoin

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from headgate import clock
from headgate.domain.audit import Action
from headgate.services import sealing
from headgate.services.people import sign_ins
from headgate.web import mailing
from headgate.web.client_address import client_address

_UNKNOWN_ADDRESS = "::"
_CHANGES = {
    "account/email/password_changed": "password changed",
    "account/email/password_reset": "password reset by mail",
    "mfa/email/totp_activated": "authenticator app added",
    "mfa/email/totp_deactivated": "authenticator app removed",
    "mfa/email/webauthn_added": "passkey added",
    "mfa/email/webauthn_removed": "passkey removed",
    "mfa/email/recovery_codes_generated": "recovery codes made",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up, and pages say themselves what was done."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def add_message(self, *_args: object, **_kwargs: object) -> None:
        return None

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or _UNKNOWN_ADDRESS

    def respond_user_inactive(
        self,
        request: HttpRequest,  # noqa: ARG002
        user: AbstractBaseUser,  # noqa: ARG002
    ) -> HttpResponse:
        return redirect("sign-in")

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        note(request, user.get_username(), Action.SIGNED_IN)

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        request = allauth_context.request
        found = self.authenticate(request, email=user.get_username(), password=password)
        return found is not None and found.pk == user.pk

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return f"{reverse('your-sign-in')}?done=password"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Build it on the address that the operator gave: a visitor's Host may be anybody's."""
        user, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[user, token])
        return urljoin(settings.BASE_URL, path)

    def send_password_reset_mail(
        self,
        user: AbstractBaseUser,
        email: str,  # noqa: ARG002
        context: dict[str, Any],
    ) -> None:
        text = _(
            "Somebody, hopefully you, asked for a new password for Headgate.\n\n"
            "Set it here, within one day:\n{url}\n\n"
            "If it was not you, do nothing: your password stays as it is.\n"
        ).format(url=context["password_reset_url"])
        subject = _("Your new password for Headgate")
        mailing.tell_user(user.get_username(), subject=subject, text=text)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,  # noqa: ARG002
        email: str | None = None,  # noqa: ARG002
    ) -> None:
        what = _CHANGES[template_prefix]
        note(self.request, user.get_username(), Action.CREDENTIAL_CHANGED, what=what)
        if template_prefix.startswith("account/"):
            # Whoever knew the old password is not to stay in.
            key = self.request.session.session_key
            sign_ins.end_other_sessions(email=user.get_username(), but=key, now=clock.now())
        text = _(
            "How you sign in to Headgate was changed: {what}.\n\n"
            "If it was not you, ask an owner of your account for help at once.\n"
        ).format(what=what)
        subject = _("Your sign-in was changed: {what}").format(what=what)
        mailing.tell_user(user.get_username(), subject=subject, text=text)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are at rest under the installation key."""

    def encrypt(self, text: str) -> str:
        return sealing.seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.open_text(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Headgate"}


def enter(request: HttpRequest, user: AbstractBaseUser, *, way_on: str) -> HttpResponse:
    """Go on with somebody whose password was right: to the second step, if they have one."""
    response: HttpResponse = perform_login(request, user, redirect_url=way_on)
    return response


def note(request: HttpRequest, email: str, action: Action, **said: str) -> None:
    """Write to the audit log of the user's accounts what happened at the sign-in."""
    said = {**said, "address": client_address(request)}
    sign_ins.note_sign_in(email=email, action=action, said=said, now=clock.now())

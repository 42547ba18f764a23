"""Whoever has a second step shows it: a code of their app, a recovery code, or a passkey."""

from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headgate.domain.audit import Action
from headgate.web import authentication


class SecondStep(AuthenticateView):  # type: ignore[misc]
    template_name = "sign_in/second_step.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        email = self.stage.login.user.get_username()
        authentication.note(self.request, email, Action.SIGN_IN_FAILED, step="second")
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response


class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:  # noqa: ARG002
        return redirect(f"{reverse('sign-in')}?passkey=unknown")

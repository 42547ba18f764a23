"""Every address by which people sign in and look after how they do.

Nothing else of allauth is routed, above all no sign-up. Its views find each other by its own
names for them.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.utils.translation import gettext_lazy as _

from headgate.web.pages.sign_in import forgotten, joining, second_step, sign_in, your_sign_in

_STEP = "sign_in/step.html"
_CONFIRM = {
    "title": _("Is it you?"),
    "said": _("Before your sign-in is changed, show once more that it is you."),
    "button": _("Go on"),
    "back": "your-sign-in",
}

urlpatterns = [
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in", sign_in.sign_in, name="account_login"),
    path("sign-in/second-step", second_step.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey", second_step.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-in/forgotten", forgotten.ask_for_link, name="account_reset_password"),
    path("sign-in/forgotten/sent", forgotten.say_sent, name="account_reset_password_done"),
    path(
        "sign-in/new-password/<str:uidb36>/<str:key>",
        forgotten.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/new-password/set", forgotten.say_set, name="account_reset_password_from_key_done"
    ),
    path("join/<str:token>", joining.join, name="join"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("sign-out", sign_in.sign_out, name="account_logout"),
    path("your-sign-in", your_sign_in.show_sign_in, name="your-sign-in"),
    path("your-sign-in", your_sign_in.show_sign_in, name="mfa_index"),
    path("your-sign-in", your_sign_in.show_sign_in, name="mfa_list_webauthn"),
    path("your-sign-in/sign-out-elsewhere", your_sign_in.end_other_sessions, name="end-sessions"),
    path(
        "your-sign-in/confirm",
        account.ReauthenticateView.as_view(template_name=_STEP, extra_context=_CONFIRM),
        name="account_reauthenticate",
    ),
    path(
        "your-sign-in/confirm/code",
        mfa.ReauthenticateView.as_view(template_name=_STEP, extra_context=_CONFIRM),
        name="mfa_reauthenticate",
    ),
    path(
        "your-sign-in/confirm/passkey",
        passkeys.ReauthenticateWebAuthnView.as_view(
            template_name="your_sign_in/confirm_by_passkey.html", extra_context=_CONFIRM
        ),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "your-sign-in/password",
        login_required(
            account.PasswordChangeView.as_view(
                template_name=_STEP,
                extra_context={
                    "title": _("Change your password"),
                    "button": _("Change it"),
                    "back": "your-sign-in",
                },
            )
        ),
        name="account_change_password",
    ),
    path(
        "your-sign-in/app",
        totp.ActivateTOTPView.as_view(template_name="your_sign_in/add_app.html"),
        name="mfa_activate_totp",
    ),
    path(
        "your-sign-in/app/remove",
        totp.DeactivateTOTPView.as_view(
            template_name=_STEP,
            extra_context={
                "title": _("Remove the authenticator app?"),
                "said": _("Then it is asked for no more when you sign in."),
                "button": _("Remove it"),
                "back": "your-sign-in",
            },
        ),
        name="mfa_deactivate_totp",
    ),
    path(
        "your-sign-in/recovery-codes",
        codes.ViewRecoveryCodesView.as_view(template_name="your_sign_in/codes.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "your-sign-in/recovery-codes/new",
        codes.GenerateRecoveryCodesView.as_view(
            template_name=_STEP,
            extra_context={
                "title": _("Make new recovery codes?"),
                "said": _("The codes that you have now work no more then."),
                "button": _("Make new ones"),
                "back": "your-sign-in",
            },
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "your-sign-in/passkeys/add",
        passkeys.AddWebAuthnView.as_view(template_name="your_sign_in/add_passkey.html"),
        name="mfa_add_webauthn",
    ),
    path(
        "your-sign-in/passkeys/<int:pk>/remove",
        passkeys.RemoveWebAuthnView.as_view(
            template_name=_STEP,
            extra_context={
                "title": _("Remove this passkey?"),
                "said": _("Then nobody can sign in with it."),
                "button": _("Remove it"),
                "back": "your-sign-in",
            },
        ),
        name="mfa_remove_webauthn",
    ),
]

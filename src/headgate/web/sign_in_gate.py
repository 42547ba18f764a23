"""How often a sign-in may be tried, and whether a failure is still worth a line in the log."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from headgate import clock
from headgate.web.client_address import client_address
from headgate.web.throttle import Throttle

_SPAN = timedelta(minutes=5)


class SignIn(forms.Form):
    email = forms.CharField(max_length=254, label=_("Email"))
    password = forms.CharField(max_length=1000, label=_("Password"), strip=False)


class Gate:
    """One door that people sign in at, the console's or the portal's."""

    def __init__(self) -> None:
        # One address at one email; one address at all; all the world at one email.
        self._guesses = Throttle(5, within=_SPAN)
        self._visits = Throttle(50, within=_SPAN)
        self.sieges = Throttle(200, within=_SPAN)
        # So many failures with one email are noted; a siege shall not fill the log.
        self._notes = Throttle(20, within=_SPAN)

    def may_try(self, request: HttpRequest, email: str) -> bool:
        now, address = clock.now(), client_address(request)
        return (
            self._guesses.allows((address, email), now=now)
            and self._visits.allows(address, now=now)
            and self.sieges.allows(email, now=now)
        )

    def notes_failure(self, email: str) -> bool:
        """Tell whether this failure is to be noted."""
        return self._notes.allows(email, now=clock.now())

    def forgive(self, request: HttpRequest, email: str) -> None:
        """Forget the guesses of somebody who got in."""
        self._guesses.forgive((client_address(request), email))

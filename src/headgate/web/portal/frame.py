"""What stands around every page of the portal: whose it is, and its few places."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from headgate.services.people.portal_access import Access


def show(
    request: HttpRequest,
    access: Access,
    template: str,
    *,
    page: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Render a page of the portal; `page` is the place in its menu."""
    around = {
        "account": access.setup.configuration.account.name,
        "partner": access.partner,
        "email": access.user.email,
        "rights": access.partner.portal,
        "page": page,
    }
    return render(request, template, {**around, **context}, status=status)

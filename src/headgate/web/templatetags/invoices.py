"""Filters for amounts of money and for days."""

from datetime import date, timedelta

from django import template
from django.utils.formats import date_format

from headgate.services.invoices.drawing_up import Period
from headgate.web.wording import money_in_words

register = template.Library()
_NARROW = "\u202f"


register.filter("money", money_in_words)


@register.filter
def owed(balance: str) -> str:
    """Return what a balance below zero owes, in words; nothing where it owes nothing."""
    return money_in_words(balance.removeprefix("-")) if balance.startswith("-") else ""


@register.filter
def signed(number: int) -> str:
    return money_in_words(str(number))


@register.filter
def day(on: date | str | None) -> str:
    if not on:
        return "–"
    return date_format(date.fromisoformat(on) if isinstance(on, str) else on, "j M Y")


@register.filter
def last_day(period: Period) -> date:
    """Return the last day that is in a period."""
    return period.until_on - timedelta(days=1)


@register.filter
def iban(number: str) -> str:
    """Write an IBAN in groups of four, which do not break."""
    return _NARROW.join(number[at : at + 4] for at in range(0, len(number), 4))

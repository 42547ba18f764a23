"""`headgate user`: make users of the console, and let those in who are locked out."""

import argparse
import getpass
import sys

from django.urls import reverse

from headgate import clock, settings
from headgate.cli import choosing, environment
from headgate.cli.refusals import Refused
from headgate.services.people import membership, sign_ins
from headgate.services.people.membership import EmailTaken
from headgate.storage.people import Role


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    return _reset(given) if given.action == "reset" else _create(given)


def _reset(given: argparse.Namespace) -> int:
    """Print a link alone: whoever has it chooses the password."""
    user, token = sign_ins.open_way_back(
        email=membership.normal_email(given.email),
        without_second_steps=given.remove_second_steps,
        now=clock.now(),
    )
    base = settings.BASE_URL or f"http://127.0.0.1:{given.port}"
    print(f"{base}{reverse('account_reset_password_from_key', args=[user, token])}")
    return 0


def _create(given: argparse.Namespace) -> int:
    account = choosing.account(given.account)
    try:
        membership.create_user(
            account_id=account.id,
            email=given.email,
            password=_password(),
            role=Role(given.role),
            now=clock.now(),
        )
    except EmailTaken as taken:
        raise Refused(str(taken)) from None
    print(f"{membership.normal_email(given.email)} is {given.role} of {account.slug}.")
    return 0


def _password() -> str:
    if given := settings.read("PASSWORD"):
        return given
    if not sys.stdin.isatty():
        raise Refused("there is no terminal to ask at; give the password in HEADGATE_PASSWORD")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise Refused("the two passwords differ; no user was made")
    return password

"""`headgate user`: make users of the console."""

import argparse
import getpass
import sys

from headgate import clock, settings
from headgate.cli import choosing, environment
from headgate.cli.refusals import Refused
from headgate.services import membership
from headgate.services.membership import EmailTaken
from headgate.storage.people import Role


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
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

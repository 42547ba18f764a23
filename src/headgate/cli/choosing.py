"""Which account a command is about."""

from headgate.cli.refusals import Refused
from headgate.storage import accounts


def account(slug: str | None) -> accounts.Account:
    """Return the named account, or the only one.

    :raises Refused: there is no such account, or more than one to choose from.
    """
    everyone = accounts.list_all()
    if slug is not None:
        for each in everyone:
            if each.slug == slug:
                return each
        raise Refused(f"there is no account {slug!r}")
    if len(everyone) == 1:
        return everyone[0]
    if not everyone:
        raise Refused("there is no account yet; `headgate apply FILE` makes one")
    raise Refused(f"choose one with --account: {', '.join(each.slug for each in everyone)}")

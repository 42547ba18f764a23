"""What the people of a partner may do in its portal, beside looking at what is theirs."""

from msgspec import Struct


class PortalRights(Struct, frozen=True, omit_defaults=True):
    """Accepting and rejecting what waits for the partner's word needs no right of its own."""

    returns: bool = True  # ask to give leads back
    pause: bool = False  # stop and resume new leads
    contact: bool = False  # change the contact's address

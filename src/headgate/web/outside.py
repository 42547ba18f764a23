"""Where pages may connect to: no further than the channels of the process that serves them."""

from django.conf import settings

from headgate.channels.addresses import Reach

_given: list[Reach] = []


def open_to(reach: Reach) -> None:
    """Take over what the process's channels were given; it knows Headgate's own addresses."""
    _given[:] = [reach]


def reach() -> Reach:
    return _given[0] if _given else Reach(settings.ALLOW_PRIVATE_NETWORKS)

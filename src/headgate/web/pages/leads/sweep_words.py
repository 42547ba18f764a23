"""What is said of acts on many leads."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headgate.services.sweeping import Act

ACTS: dict[Act, Promise] = {
    Act.DISTRIBUTE: _("Distribute"),
    Act.STATUS: _("Set a status"),
    Act.ASSIGN: _("Assign"),
    Act.ERASE: _("Erase"),
}
# What happens to each of the leads; `%s` is the status or the member.
DEEDS: dict[Act, Promise] = {
    Act.DISTRIBUTE: _("Distribute leads"),
    Act.STATUS: _("Set the status %s"),
    Act.ASSIGN: _("Assign to %s"),
    Act.ERASE: _("Erase leads"),
}
EXPLAINED: dict[Act, Promise] = {
    Act.DISTRIBUTE: _(
        "Each is decided now, by the profiles in force. Those that a partner has, that are on "
        "their way or that wait are left out."
    ),
    Act.STATUS: _(
        "Where rules name the status, leads that nobody has are decided again. Leads of an "
        "entity without this status are left out."
    ),
    Act.ASSIGN: _("The member finds them on the list of leads under “Assignee: me”."),
    Act.ERASE: _(
        "Names, contact data and all other values go for good, also from attempts and history, "
        "and what has not been delivered is cancelled. Figures, charges and decisions stay. "
        "This cannot be undone."
    ),
}
STATES: dict[str, Promise] = {
    "running": _("Under way"),
    "done": _("Done"),
    "cancelled": _("Stopped"),
}

"""People who do not exist, asking for solar panels."""

import random
from typing import Any

_FIRST = (
    "Ada",
    "Ben",
    "Cleo",
    "Dev",
    "Esme",
    "Finn",
    "Gwen",
    "Hugo",
    "Iris",
    "Jonas",
    "Kira",
    "Lou",
)
_LAST = ("Example", "Sample", "Specimen", "Placeholder", "Fictional", "Imaginary", "Testcase")
_ZIPS = ("90012", "90210", "91101", "91604", "94103", "80202", "85004", "97201")
_PROPERTIES = ("house", "house", "house", "condo", "condo", "rented")


def person(number: int) -> dict[str, Any]:
    """Return the fields of one lead, the same for the same number.

    The names say that they are invented, example.com is nobody's, and 555-01xx numbers are
    kept for fiction.
    """
    chosen = random.Random(number)  # noqa: S311
    first, last = chosen.choice(_FIRST), chosen.choice(_LAST)
    return {
        "first_name": first,
        "last_name": last,
        "email": f"{first}.{last}.{number}@example.com".lower(),
        "phone": f"+1 213 555 01{chosen.randrange(100):02}",
        "zip": chosen.choice(_ZIPS),
        "property_type": chosen.choice(_PROPERTIES),
        "monthly_bill": f"{chosen.randrange(80, 320)}.00",
    }

"""Where the fields of an entity are used."""

from headgate.domain.assignments import Assignment
from headgate.domain.configuration.usage import Use, UsedBy, uses_of
from headgate.domain.configuration.value import Account, Configuration
from headgate.domain.delivery_settings import Email, FieldChoice
from headgate.domain.entities import DuplicateMatch, Entity
from headgate.domain.fields import Field, FieldType
from headgate.domain.forms import Form
from headgate.domain.partners import Partner
from headgate.domain.profiles import Profile
from headgate.domain.rules.tree import Condition, Operator

SOLAR = Entity(
    "solar",
    "Solar",
    (
        *(Field(key, FieldType.TEXT, key) for key in ("zip", "name", "email", "unused")),
        Field("home", FieldType.ADDRESS, "Home"),
    ),
    duplicates=DuplicateMatch(("email",), 30),
)
IN_TOWN = Condition("home.city", Operator.IS_NOT_EMPTY)
BY_ZIP = Condition("zip", Operator.IS_NOT_EMPTY)


def configuration() -> Configuration:
    seat = Assignment("sunny", "sunny", rules=BY_ZIP)
    mail = Email(
        to=("a@b.example",), subject="{{ lead.name }}", fields=FieldChoice((("ZIP", "zip"),))
    )
    return Configuration(
        account=Account("acme", "Acme", "UTC", "USD"),
        entities=(SOLAR, Entity("roof", "Roofs")),
        partners=(Partner("sunny", "Sunny", delivery=mail), Partner("idle", "Idle", delivery=mail)),
        profiles=(
            Profile("homes", "solar", "Homes", True, 15, rules=IN_TOWN, assignments=(seat,)),
            Profile("roofs", "roof", "Roofs", True, 15, rules=Condition("zip", Operator.IS_EMPTY)),
        ),
        forms=(Form("quote", "solar", "api", "Quote", ("name",)),),
    )


class TestUses:
    def test_are_in_rules_forms_deliveries_and_duplicates(self) -> None:
        found = uses_of(configuration(), SOLAR)

        assert found == {
            "home": (Use(UsedBy.RULE, "Homes"),),
            "zip": (Use(UsedBy.RULE, "Homes"), Use(UsedBy.DELIVERY, "Sunny")),
            "name": (Use(UsedBy.DELIVERY, "Sunny"), Use(UsedBy.FORM, "Quote")),
            "email": (Use(UsedBy.DUPLICATES, "Solar"),),
        }

"""An entity with a field of every type, and the leads and rules that tests are made from."""

from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from headgate.domain.entities import Entity
from headgate.domain.fields import Field, FieldType
from headgate.domain.rules.comparing import compile_comparables
from headgate.domain.rules.compiling import compile_rule
from headgate.domain.rules.explaining import fields_used
from headgate.domain.rules.reading import read_rule
from headgate.domain.rules.subjects import OPERATORS, Likeness, Subject, subject_keys, subject_of
from headgate.domain.rules.tree import MAX_DEPTH, Operator

ZONE = ZoneInfo("America/Los_Angeles")

SOLAR = Entity(
    slug="solar",
    name="Solar leads",
    statuses=("New", "Contacted", "Won"),
    fields=(
        Field("note", FieldType.TEXT, "Note"),
        Field("story", FieldType.TEXTAREA, "Story"),
        Field("budget", FieldType.NUMBER, "Budget"),
        Field("bill", FieldType.MONEY, "Bill"),
        Field("email", FieldType.EMAIL, "Email"),
        Field("phone", FieldType.PHONE, "Phone", region="US"),
        Field("born", FieldType.DATE, "Born"),
        Field("visit", FieldType.DATETIME, "Visit"),
        Field("home", FieldType.CHOICE, "Home", options={"house": "A house", "condo": "A condo"}),
        Field("roof", FieldType.MULTICHOICE, "Roof", options={"tile": "Tiles", "flat": "Flat"}),
        Field("owner", FieldType.BOOLEAN, "Owner"),
        Field("page", FieldType.URL, "Page"),
        Field("zip", FieldType.POSTCODE, "ZIP code"),
        Field("address", FieldType.ADDRESS, "Address"),
        Field("ssn", FieldType.TEXT, "SSN", encrypted=True),
    ),
)


def read(raw):
    """Return the rule, which must have no flaw."""
    flaws = []
    rule = read_rule(raw, place="rules", entity=SOLAR, flaws=flaws)
    assert flaws == []
    return rule


def flaws_of(raw):
    flaws = []
    read_rule(raw, place="rules", entity=SOLAR, flaws=flaws)
    return flaws


def holds(raw, values):
    """Tell whether the lead satisfies the rule, by the compiled way."""
    rule = read(raw)
    comparables = compile_comparables(SOLAR, zone=ZONE, keys=fields_used(rule))
    return compile_rule(rule, SOLAR, zone=ZONE)(comparables(values))


def condition(field, op, value=None):
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


_TEXTS = st.sampled_from(["90", "90210", "Straße", "STRASSE", "Ann", "é", "a.c", "É "])
_NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from(["0.5", "1.0", "-2.50", 0.1, 1e-7]),
    st.decimals(-3, 3, places=2),
)
_ITEMS = {
    Likeness.TEXT: _TEXTS,
    Likeness.NUMBER: _NUMBERS,
    Likeness.MONEY: st.sampled_from(["0", "12.50", "12.5", "99.99", "-1"]),
    Likeness.PHONE: st.sampled_from(["+13105550123", "(212) 555-0188"]),
    Likeness.DATE: st.sampled_from(["2026-11-23", "2026-01-01", "2027-03-01"]),
    Likeness.INSTANT: st.sampled_from(
        ["2026-11-23", "2026-11-23T08:00:00Z", "2026-11-23 00:00", "2026-11-23T10:00:00.5+01:00"]
    ),
    Likeness.TRUTH: st.booleans(),
}
_LISTS = (Operator.IN, Operator.NOT_IN)
_LISTS_OR_ONE = (
    Operator.CONTAINS,
    Operator.NOT_CONTAINS,
    Operator.STARTS_WITH,
    Operator.ENDS_WITH,
)


def _items(subject: Subject, op: Operator):
    if op is Operator.MATCHES:
        return st.sampled_from(["^90", "a", "s+", "[0-9]$", "(?-i)A"])
    if subject.options:
        return st.sampled_from(list(subject.options))
    return _ITEMS.get(subject.likeness, _TEXTS)


@st.composite
def raw_conditions(draw):
    keys = [key for key in subject_keys(SOLAR) if not key.startswith("address.line")]
    subject = subject_of(SOLAR, draw(st.sampled_from(keys)))
    op = draw(st.sampled_from(sorted(OPERATORS[subject.likeness])))
    if op in (Operator.IS_EMPTY, Operator.IS_NOT_EMPTY, Operator.IS_TRUE, Operator.IS_FALSE):
        return condition(subject.key, str(op))
    items = _items(subject, op)
    if op is Operator.BETWEEN:
        low = draw(items)
        return condition(subject.key, str(op), [low, low])
    several = st.lists(items, min_size=1, max_size=3)
    if op in _LISTS:
        return condition(subject.key, str(op), draw(several))
    value = draw(several | items if op in _LISTS_OR_ONE else items)
    return condition(subject.key, str(op), value)


def _groups(depth: int):
    children = raw_conditions() if depth == 1 else raw_conditions() | _groups(depth - 1)
    return st.builds(
        lambda kind, listed: {kind: listed},
        st.sampled_from(["all", "any", "none"]),
        st.lists(children, min_size=1, max_size=6 if depth == 1 else 3),
    )


def raw_rules(depth: int = MAX_DEPTH):
    return raw_conditions() | _groups(depth)


_LEAD_VALUES = {
    "note": _TEXTS.map(str.strip),
    "story": st.just("90 miles\nfrom Ann"),
    "budget": st.integers(-3, 3) | st.decimals(-3, 3, places=2),
    "bill": st.sampled_from(["12.50", "0.00", "99.99"]),
    "email": st.just("Ann@90.example"),
    "phone": st.sampled_from(["+13105550123", "+12125550188"]),
    "born": _ITEMS[Likeness.DATE],
    "visit": st.sampled_from(["2026-11-23T08:00:00.000Z", "2026-11-23T09:00:00.500Z"]),
    "home": st.sampled_from(["house", "condo"]),
    "roof": st.sampled_from([["tile"], ["flat"], ["flat", "tile"]]),
    "owner": st.booleans(),
    "page": st.just("https://a.example/90"),
    "zip": st.sampled_from(["90210", "10001"]),
    "address": st.fixed_dictionaries({"city": _TEXTS.map(str.strip)}),
}


def leads():
    always = {
        "status": st.sampled_from(SOLAR.statuses),
        "source": st.sampled_from(["api", "90"]),
        "received_at": st.just("2026-11-23T08:00:00.000Z"),
    }
    return st.fixed_dictionaries(always, optional=_LEAD_VALUES)

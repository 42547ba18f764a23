"""Configurations for laws: small, valid, and full of texts that a reader could misread."""

from datetime import date
from typing import TypeVar
from unicodedata import normalize

from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.domain.assignments import Assignment, OnAmbiguous, Otherwise
from headgate.domain.caps import Cap, Per, Unit
from headgate.domain.configuration.value import (
    Account,
    Alerts,
    Configuration,
    EmailServers,
    Imap,
    Security,
    Smtp,
)
from headgate.domain.delivery_settings import (
    AnswerRule,
    AnswerRules,
    Attachment,
    BasicAuth,
    BearerAuth,
    Email,
    FieldChoice,
    Format,
    HmacAuth,
    Inbox,
    Method,
    OAuth2Auth,
    Portal,
    Webhook,
)
from headgate.domain.entities import DuplicateMatch, Entity
from headgate.domain.events import FOR_SOURCES, LISTED, Audience, EventWebhook
from headgate.domain.fields import Field, FieldType
from headgate.domain.forms import TO_PARTNER, Consent, Form, Protection, Question
from headgate.domain.hours import Hours
from headgate.domain.invoices.parties import Buyer, Every, Seller
from headgate.domain.partners import OnTestLead, Partner
from headgate.domain.portal import PortalRights
from headgate.domain.price_tiers import PriceTier
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.reports import By, Rhythm, ScheduledReport
from headgate.domain.retention import Retention
from headgate.domain.returns import Decide, ReturnRule, Returns
from headgate.domain.rules.tree import Condition, Group, Kind, Operator
from headgate.domain.secrets import EnvSecret, SealedSecret
from headgate.domain.sources import CostPer, OnDuplicate, OnInvalid, Source

_WORDS = """
090 1e3 1.5e3 0x1F 0o17 070 1_000 1:30 12:30:45 on Off yes NO y n true False null ~ = <<
2026-12-25 2026-12-25T10:00:00Z - -1 .5 .inf .NaN +1 1. ? : # & * ! % @ ` {} [] | > ' "
"""
_PHRASES = """a: b
? a
it's
say "hi"
a\\b
{a: 1}
é 🎈 日本"""
MISREAD = (*_WORDS.split(), *_PHRASES.splitlines(), "\ufeffbom")

maybe = st.none
texts = st.sampled_from(MISREAD) | (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="{}\x85"),
        max_size=8,
    )
    .map(lambda text: normalize("NFC", text.strip()))
    .filter(bool)
)
lines = (
    st.lists(texts, min_size=1, max_size=3).map("\n".join)
    | texts.map("  {}\n".format)
    | st.sampled_from(["a\n\x85b\r\n", "a\u2028\n", "a\n \n  b\t\n\n", " \na"])
)
amounts = st.none() | st.integers(0, 100_000)
secrets = st.sampled_from([SealedSecret("a"), SealedSecret("b"), EnvSecret("TOKEN")])
zones = st.sampled_from(["UTC", "America/Denver", "Europe/Berlin"])
caps = st.lists(
    st.builds(Cap, st.sampled_from(Per), st.sampled_from(Unit), st.integers(0, 9_999)),
    max_size=2,
    unique_by=lambda cap: (cap.per, cap.unit),
).map(tuple)
hours = st.sampled_from(
    [
        None,
        Hours(((),) * 7),
        Hours((((540, 1020),), *(((),) * 5), ((1320, 360), (600, 720))), (date(2026, 12, 25),)),
    ]
)

FIELDS = (
    Field("name", FieldType.TEXT, "Name", required=True),
    Field("zip", FieldType.POSTCODE, "ZIP code", default="090"),
    Field("kind", FieldType.CHOICE, "Kind", options={"on": "On", "090": "Old"}),
    Field("budget", FieldType.NUMBER, "Budget", default="5"),
    Field("phone", FieldType.PHONE, "Phone", region="US"),
    Field("ssn", FieldType.TEXT, "Ssn", encrypted=True),
)
KEYS = tuple(field.key for field in FIELDS)

conditions = st.one_of(
    st.builds(Condition, st.just("name"), st.just(Operator.EQUALS), texts),
    st.builds(
        Condition,
        st.just("zip"),
        st.just(Operator.STARTS_WITH),
        st.just("090") | st.just(("090", "1e3")),
    ),
    st.just(Condition("budget", Operator.BETWEEN, ("1.5", "20000"))),
    st.just(Condition("kind", Operator.IN, ("on", "090"))),
    st.just(Condition("zip", Operator.IS_EMPTY)),
)
rules = st.none() | st.recursive(
    conditions,
    lambda inner: st.builds(
        Group, st.sampled_from(Kind), st.lists(inner, min_size=1, max_size=2).map(tuple)
    ),
    max_leaves=3,
)

choices = st.sampled_from(
    [
        FieldChoice(),
        FieldChoice((("zip", "zip"), ("name", "name"))),
        FieldChoice((("on", "zip"), ("name", "name"))),
    ]
)
retries = st.sampled_from([None, (), (1, 5)])
answer_rules = st.sampled_from(
    [
        None,
        AnswerRule(("2xx",)),
        AnswerRule(("400", "5xx"), "$.a.b[0]", "090"),
        AnswerRule(regex="ok|on"),
    ]
)
auths = st.one_of(
    st.none(),
    st.builds(BearerAuth, secrets),
    st.builds(BasicAuth, secrets, secrets),
    st.builds(HmacAuth, secrets, st.sampled_from(["X-Signature", "X-Mac"])),
    st.builds(OAuth2Auth, st.just("https://id.example/t"), secrets, secrets, maybe() | texts),
)
signed_once = st.builds(
    Webhook,
    url=st.sampled_from(["https://a.example/leads", "http://127.0.0.1:9000/?a=b#c"]),
    method=st.sampled_from([Method.POST, Method.PUT]),
    format=st.sampled_from(Format),
    headers=st.tuples(st.tuples(st.just("X-Kind"), texts), st.tuples(st.just("X-Key"), secrets)),
    auth=auths,
    secret=maybe() | secrets,
    fields=choices,
    template=st.sampled_from([None, '{"a": "{{ lead.name }}"}\n']) | lines,
    timeout_seconds=st.integers(1, 60),
    retry_seconds=retries,
    answer=st.builds(
        AnswerRules,
        answer_rules,
        answer_rules,
        st.just("$.price"),
        amounts,
        st.sampled_from([None, "$.url"]),
    ),
)
webhooks = st.builds(
    lambda hook, old: replace(hook, old_secret=old if hook.secret else None),
    signed_once,
    maybe() | secrets,
)
emails = st.builds(
    Email,
    to=st.just(("a@b.example", "c@d.example")),
    subject=maybe() | texts,
    text=maybe() | lines,
    html=st.sampled_from([None, "<p>\n  {{ lead.zip }}\n</p>"]),
    fields=choices,
    attach=st.lists(st.sampled_from(Attachment), unique=True).map(tuple),
    digest=st.sampled_from([None, "hourly", "daily 07:00"]),
    timeout_seconds=st.integers(1, 60),
    retry_seconds=retries,
)
deliveries = st.one_of(
    st.none(), webhooks, emails, st.builds(Portal, st.booleans()), st.just(Inbox())
)

# A fall-back waits for no digest.
fallbacks = st.lists(webhooks | emails.map(lambda mail: replace(mail, digest=None)), max_size=2)
tiers = st.dictionaries(st.integers(1, 999), st.integers(0, 99_999), max_size=2).map(
    lambda prices: tuple(PriceTier(after, prices[after]) for after in sorted(prices))
)
Owner = TypeVar("Owner", Partner, Assignment)


def with_fallbacks(owners: st.SearchStrategy[Owner]) -> st.SearchStrategy[Owner]:
    """Give some of those that have delivery settings further ones."""
    return st.builds(
        lambda owner, later: replace(owner, fallbacks=tuple(later) if owner.delivery else ()),
        owners,
        fallbacks,
    )


parties = {
    "name": texts,
    "country": st.sampled_from(["DE", "US", "NO"]),
    "address": st.lists(texts, max_size=3, unique=True).map(tuple),
    "city": maybe() | texts,
    "vat_id": st.just("DE123456789"),
}
sellers = st.builds(
    Seller,
    **parties,
    tax_bp=st.sampled_from([None, 0, 7, 770, 1900]),
    number_format=st.sampled_from(["{year}-{number:4}", "R/{number}"]),
    payment=maybe() | lines,
    every=st.sampled_from(Every),
)
buyers = st.builds(
    Buyer,
    **parties,
    reverse_charge=st.booleans(),
    terms_days=maybe() | st.integers(0, 365),
    low_balance_minor=maybe() | st.integers(0, 10**9),
)
currencies = st.sampled_from(["USD", "JPY", "KWD"])
accounts = st.builds(Account, st.just("acme"), texts, zones, currencies, maybe() | sellers)
entities = st.builds(
    Entity,
    st.just("solar"),
    texts,
    st.just(FIELDS),
    st.sampled_from([("New",), ("on", "090", "null")]),
    st.sampled_from([None, DuplicateMatch(("phone", "zip"), 30)]),
)
sources = st.builds(
    Source,
    st.sampled_from(["api", "website"]),
    st.just("solar"),
    texts,
    st.sampled_from(OnDuplicate),
    st.sampled_from(OnInvalid),
    st.integers(0, 900),
    st.sampled_from(CostPer),
    caps,
    maybe() | st.integers(1, 9),
)
partners = with_fallbacks(
    st.builds(
        Partner,
        st.sampled_from(["on", "090", "sunpeak"]),
        texts,
        st.sampled_from([None, "a@b.example"]),
        maybe() | zones,
        st.booleans(),
        st.booleans(),
        maybe() | st.integers(1, 90),
        caps,
        hours,
        st.sampled_from(OnTestLead),
        deliveries,
        billing=maybe() | buyers,
        prepaid=st.booleans(),
        tags=st.sampled_from([(), ("gold",), ("north east", "on")]),
        portal=st.builds(PortalRights, st.booleans(), st.booleans(), st.booleans()),
    )
)
questions = st.builds(
    Question,
    maybe(),
    maybe(),
    st.booleans(),
    st.booleans(),
    maybe(),
) | st.builds(Question, hidden=st.booleans(), param=st.just("utm_source"))
forms = st.builds(
    Form,
    st.sampled_from(["quote", "1e3"]),
    st.just("solar"),
    st.just("api"),
    texts,
    st.sampled_from([("name",), ("zip", "name")]),
    st.just({})
    | questions.filter(lambda each: each != Question()).map(lambda each: {"name": each}),
    maybe() | st.builds(Consent, lines, st.booleans()),
    lines,
    st.sampled_from([None, "https://a.example/thanks", TO_PARTNER]),
    st.sampled_from([(), ("https://a.example", "http://localhost:8000")]),
    st.builds(Protection, st.booleans(), st.integers(0, 9), st.booleans()),
)
event_webhooks = st.builds(
    EventWebhook,
    st.sampled_from(["on", "warehouse"]),
    st.sampled_from(["https://a.example/hook", "http://10.0.0.1:8080/?x=1"]),
    secrets,
    st.lists(st.sampled_from(LISTED), min_size=1, max_size=3, unique=True).map(tuple),
    maybe() | secrets,
    entities=st.sampled_from([(), ("solar",)]),
    sources=st.sampled_from([(), ("api",)]),
    enabled=st.booleans(),
) | st.builds(
    EventWebhook,
    st.just("affiliate"),
    st.just("https://b.example"),
    secrets,
    st.just(tuple(each for each in LISTED if each in FOR_SOURCES)),
    audience=st.just(Audience.SOURCE),
    sources=st.just(("api",)),
)
email_servers = st.builds(
    EmailServers,
    maybe()
    | st.builds(
        Smtp,
        st.just("mail.example"),
        st.integers(1, 65_535),
        st.sampled_from(["a@b.example", "Ann <a@b.example>"]),
        st.sampled_from(Security),
        st.just("") | texts,
        maybe() | secrets,
    ),
    maybe()
    | st.builds(
        Imap,
        st.just("mail.example"),
        st.integers(1, 65_535),
        st.sampled_from(Security),
        st.just("") | texts,
        maybe() | secrets,
        texts,
    ),
)
return_rules = st.builds(ReturnRule, st.booleans(), st.booleans())
returns = st.builds(
    Returns,
    bounced=return_rules,
    granted=return_rules,
    reasons=st.lists(texts, max_size=2, unique=True).map(tuple),
    within_days=st.none() | st.integers(1, 36_500),
    most_percent=st.none() | st.integers(0, 100),
    decide=st.sampled_from(Decide),
    replacements=st.booleans(),
)
retention = st.builds(
    Retention,
    maybe() | st.integers(1, 900),
    maybe() | st.integers(1, 900),
    maybe() | st.integers(1, 900),
    st.sampled_from([7, 30]),
)
alerts = st.builds(
    Alerts,
    st.sampled_from([(), ("a@b.example",), ("a@b.example", "c@d.example")]),
    st.sampled_from([None, "https://a.example/alerts"]),
) | st.builds(Alerts, st.just(()), st.just("https://a.example/alerts"), secrets)

reports = st.builds(
    ScheduledReport,
    st.sampled_from([("a@b.example",), ("a@b.example", "c@d.example")]),
    st.sampled_from(By),
    st.sampled_from(Rhythm),
    st.sampled_from(["07:00", "23:59"]),
)


@st.composite
def profiles(draw: st.DrawFn, slug: str, partner: str) -> Profile:
    assignments = with_fallbacks(
        st.builds(
            Assignment,
            st.sampled_from([partner, "second"]),
            st.just(partner),
            st.integers(-3, 3),
            st.integers(0, 3),
            amounts,
            tiers,
            st.booleans(),
            rules,
            caps,
            hours,
            st.sampled_from(OnAmbiguous),
            st.sampled_from(Otherwise),
            st.sampled_from(Otherwise),
            st.integers(1, 300),
            deliveries,
        )
    )
    return draw(
        st.builds(
            Profile,
            st.just(slug),
            st.just("solar"),
            texts,
            st.booleans(),
            st.sampled_from([15, 1440, 7]),
            st.booleans(),
            st.sampled_from(Strategy),
            maybe() | st.integers(1, 3),
            amounts,
            caps,
            rules,
            st.lists(assignments, max_size=2, unique_by=lambda a: a.slug).map(tuple),
        )
    )


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    buyers = draw(st.lists(partners, min_size=1, max_size=2, unique_by=lambda p: p.slug))
    slugs = draw(st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True))
    return Configuration(
        account=draw(accounts),
        email=draw(email_servers),
        alerts=draw(alerts),
        returns=draw(returns),
        retention=draw(retention),
        reports=tuple(draw(st.lists(reports, max_size=2, unique=True))),
        entities=(draw(entities),),
        sources=tuple(draw(st.lists(sources, max_size=2, unique_by=lambda s: s.slug))),
        partners=tuple(buyers),
        profiles=tuple(draw(profiles(slug, buyers[0].slug)) for slug in slugs),
        forms=tuple(draw(st.lists(forms, max_size=1))),
        webhooks=tuple(draw(st.lists(event_webhooks, max_size=2, unique_by=lambda w: w.slug))),
    )

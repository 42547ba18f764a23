"""Partners: who buys leads, when, and how they are delivered to."""

from headgate.domain.caps import read_caps
from headgate.domain.channel_options import OptionTypes
from headgate.domain.configuration.reading.billing import read_buyer
from headgate.domain.configuration.reading.deliveries import read_delivery
from headgate.domain.configuration.reading.section import Section, readable
from headgate.domain.configuration.reading.shapes import mail_address, maybe_zone
from headgate.domain.hours import read_hours
from headgate.domain.partners import OnTestLead, Partner
from headgate.domain.portal import PortalRights

MOST_DAYS = 3_650
MOST_TAGS = 20
LONGEST_TAG = 30


def read_partner(section: Section, *, currency: str, others: OptionTypes) -> Partner:
    slug = section.slug()
    email = section.maybe_text("email")
    if email:
        mail_address(section, "email", email)
    hours, caps = section.take("hours"), section.take("caps")
    billing, portal = section.section("billing"), section.section("portal")
    settings = read_delivery(section, entity=None, currency=currency, others=others)
    partner = Partner(
        slug=slug,
        name=section.maybe_text("name") or readable(slug),
        email=email,
        timezone=maybe_zone(section, "timezone"),
        active=section.flag("active", default=True),
        hold_open=section.flag("hold_open", default=False),
        duplicate_days=section.maybe_number("duplicate_days", least=1, most=MOST_DAYS),
        caps=read_caps(caps, place=section.at("caps"), currency=currency, flaws=section.flaws),
        hours=read_hours(hours, place=section.at("hours"), flaws=section.flaws),
        test_leads=section.one_of("test_leads", OnTestLead.INBOX),
        prepaid=section.flag("prepaid", default=False),
        delivery=settings[0] if settings else None,
        fallbacks=settings[1:],
        billing=read_buyer(billing, currency=currency) if billing else None,
        portal=_read_rights(portal) if portal else PortalRights(),
        tags=_read_tags(section),
    )
    section.finish()
    return partner


def _read_tags(section: Section) -> tuple[str, ...]:
    """Read short words, each once: case and spaces around and between them tell none apart."""
    tags = [" ".join(each.lower().split()) for each in section.texts("tags")]
    for number, tag in enumerate(tags):
        if len(tag) > LONGEST_TAG:
            message = f"{len(tag)} characters; a tag has at most {LONGEST_TAG}"
            section.note(f"tags[{number}]", "too_long", message)
        if "," in tag:
            section.note(f"tags[{number}]", "not_allowed", "a comma stands in it; make two of it")
    if len(tags) > MOST_TAGS:
        section.note("tags", "out_of_range", f"{len(tags)} tags; a partner has up to {MOST_TAGS}")
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _read_rights(section: Section) -> PortalRights:
    usual = PortalRights()
    rights = PortalRights(
        returns=section.flag("returns", default=usual.returns),
        pause=section.flag("pause", default=usual.pause),
        contact=section.flag("contact", default=usual.contact),
    )
    section.finish()
    return rights

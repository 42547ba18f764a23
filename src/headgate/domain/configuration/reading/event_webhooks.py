"""Event webhooks: which addresses are told of what, and as whom."""

from collections.abc import Collection, Sequence

from headgate.domain.configuration.reading.secrets import signing_secrets
from headgate.domain.configuration.reading.section import Section
from headgate.domain.configuration.reading.shapes import web_address
from headgate.domain.events import FOR_SOURCES, Audience, EventType, EventWebhook
from headgate.domain.secrets import KeptSecret
from headgate.domain.sources import API_SOURCE, Source

_NEVER_SEEN = KeptSecret()


def read_event_webhook(
    section: Section, *, entities: Collection[str], sources: Sequence[Source]
) -> EventWebhook:
    signing, signing_before = signing_secrets(section, "secret")
    if signing is None and not section.has("secret"):
        message = "'secret' is missing; write whsec_ and base64, {env: NAME} or {stored: true}"
        section.note("secret", "required", message)
    before = len(section.flaws)
    events = section.several_of("events", EventType.LEAD_RECEIVED)
    if not events and len(section.flaws) == before:
        message = "'events' is missing; write a list such as [lead.received, lead.delivered]"
        section.note("events", "required", message)
    webhook = EventWebhook(
        slug=section.slug(),
        url=web_address(section, "url"),
        secret=signing or _NEVER_SEEN,
        old_secret=signing_before,
        events=events,
        audience=section.one_of("audience", Audience.STAFF),
        entities=section.texts("entities"),
        sources=section.texts("sources"),
        enabled=section.flag("enabled", default=True),
    )
    section.note_unknown("entities", webhook.entities, entities, "entity")
    named = {API_SOURCE, *(source.slug for source in sources)}
    section.note_unknown("sources", webhook.sources, named, "source")
    _note_what_it_may_not_hear(section, webhook)
    section.finish()
    return webhook


def _note_what_it_may_not_hear(section: Section, webhook: EventWebhook) -> None:
    for index, event in enumerate(webhook.events):
        if event is EventType.WEBHOOK_TESTED:
            message = "a test event is sent because somebody asks for it; take it out"
            section.note(f"events[{index}]", "not_allowed", message)
        elif webhook.audience is Audience.SOURCE and event not in FOR_SOURCES:
            allowed = ", ".join(each for each in EventType if each in FOR_SOURCES)
            message = f"a source is not told of {event}; it may hear of {allowed}"
            section.note(f"events[{index}]", "not_allowed", message)
    if webhook.audience is Audience.SOURCE and not webhook.sources:
        message = "name the source's own slugs, so that it hears of no other source's leads"
        section.note("sources", "required", message)

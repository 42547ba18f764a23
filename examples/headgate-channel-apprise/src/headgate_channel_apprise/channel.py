"""The Apprise channel, as the contract of all channels wants it."""

import msgspec

from headgate.channels import choosing, payload, templates
from headgate.channels.addresses import Reach
from headgate.channels.contract import LeadFacts, SecretOf, ShownRequest, Unrenderable
from headgate_channel_apprise import sending
from headgate_channel_apprise.options import Message, NotAllowed, check
from headgate_channel_apprise.request import MessageRequest, Text, shown


class AppriseChannel:
    """`send_by` stands in for Apprise in tests."""

    options_type = Message
    request_type = MessageRequest

    def __init__(self, send_by: sending.Notify = sending.notify) -> None:
        self._send_by = send_by

    def render(
        self,
        settings: Message,
        facts: LeadFacts,
        *,
        secret_of: SecretOf,
        body: bytes | None = None,
    ) -> MessageRequest:
        url = secret_of(settings.url)
        try:
            check(url)
        except NotAllowed as error:
            raise Unrenderable(str(error)) from None
        return MessageRequest(
            delivery_id=facts.delivery_id,
            url=url,
            body=body or message(settings, facts),
            look=message(settings, facts.masked()),
            timeout_seconds=settings.timeout_seconds,
        )

    def shown(self, request: MessageRequest) -> ShownRequest:
        return shown(request)

    def open(self, reach: Reach) -> sending.AppriseSender:  # noqa: ARG002
        return sending.AppriseSender(self._send_by)


def message(options: Message, facts: LeadFacts) -> bytes:
    def filled(template: str) -> str:
        return templates.fill(template, lambda gap: payload.text(payload.value_of(facts, gap.name)))

    rows = choosing.rows(options.fields, facts)
    lines = "\n".join(f"{row.label}: {row.text}" for row in rows if row.text)
    text = Text(
        title=filled(options.title) if options.title else f"New lead: {facts.entity_name}",
        text=filled(options.text) if options.text else lines,
    )
    return msgspec.json.encode(text)

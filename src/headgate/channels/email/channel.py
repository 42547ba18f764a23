"""The email channel, as the contract of all channels wants it."""

from headgate.channels.addresses import Reach
from headgate.channels.contract import LeadFacts, SecretOf, ShownMail
from headgate.channels.email import rendering, sending
from headgate.channels.email.mailing import Mailing
from headgate.channels.email.request import EmailRequest, shown


class EmailChannel:
    request_type = EmailRequest

    def render(
        self,
        settings: Mailing,
        facts: LeadFacts,
        *,
        secret_of: SecretOf,
        body: bytes | None = None,
    ) -> EmailRequest:
        return rendering.render(settings, facts, secret_of=secret_of, body=body)

    def shown(self, request: EmailRequest) -> ShownMail:
        return shown(request)

    def open(self, reach: Reach) -> sending.MailSender:
        return sending.MailSender(reach)

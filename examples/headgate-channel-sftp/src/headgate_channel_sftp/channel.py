"""The SFTP channel, as the contract of all channels wants it."""

from headgate.channels.addresses import Reach
from headgate.channels.contract import LeadFacts, SecretOf, ShownRequest
from headgate_channel_sftp import rendering, sending
from headgate_channel_sftp.options import Sftp
from headgate_channel_sftp.request import SftpRequest, shown


class SftpChannel:
    options_type = Sftp
    request_type = SftpRequest

    def render(
        self,
        settings: Sftp,
        facts: LeadFacts,
        *,
        secret_of: SecretOf,
        body: bytes | None = None,
    ) -> SftpRequest:
        return rendering.render(settings, facts, secret_of=secret_of, body=body)

    def shown(self, request: SftpRequest) -> ShownRequest:
        return shown(request)

    def open(self, reach: Reach) -> sending.SftpSender:
        return sending.SftpSender(reach)

"""A message that is ready to be handed to Apprise."""

import msgspec
from msgspec import Struct

from headgate.channels.contract import MASK, ShownRequest
from headgate_channel_apprise.options import service


class Text(Struct, frozen=True):
    title: str
    text: str


class MessageRequest(Struct, frozen=True):
    """`body` is the text that the retries take up again; the address is a secret in clear."""

    delivery_id: str
    url: str
    body: bytes
    look: bytes
    timeout_seconds: float

    def __repr__(self) -> str:
        return f"MessageRequest({self.delivery_id})"

    @property
    def said(self) -> Text:
        return msgspec.json.decode(self.body, type=Text)


def shown(request: MessageRequest) -> ShownRequest:
    return {
        "method": "NOTIFY",
        "url": f"{service(request.url)}://{MASK}",
        "headers": {},
        "body": request.look.decode(),
    }

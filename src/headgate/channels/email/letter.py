"""What one mail says, before it is written down as bytes."""

from base64 import b64decode
from datetime import datetime

import msgspec
from msgspec import Struct


class Enclosure(Struct, frozen=True):
    """A file that goes with the mail; its content is text in UTF-8, or bytes as base64."""

    name: str
    media_type: str
    content: str
    is_base64: bool = False

    @property
    def as_bytes(self) -> bytes:
        return b64decode(self.content) if self.is_base64 else self.content.encode()


class Letter(Struct, frozen=True):
    """The same on every try: a retry takes up the letter of the first one.

    `message_id` stands in angle brackets.
    """

    message_id: str
    dated: datetime
    to: tuple[str, ...]
    subject: str
    text: str
    html: str | None = None
    enclosures: tuple[Enclosure, ...] = ()

    def __repr__(self) -> str:
        return f"Letter({self.message_id})"


_decoder = msgspec.json.Decoder(Letter)


def encode(letter: Letter) -> bytes:
    return msgspec.json.encode(letter)


def decode(letter: bytes) -> Letter:
    return _decoder.decode(letter)

"""What one mail says, before it is written down as bytes."""

from datetime import datetime

import msgspec
from msgspec import Struct


class Enclosure(Struct, frozen=True):
    """A file that goes with the mail; its content is text in UTF-8."""

    name: str
    media_type: str
    content: str


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

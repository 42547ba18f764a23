"""How values are written as text in the database and in answers."""

from decimal import Decimal
from typing import Any

import msgspec

from headgate.domain.verdicts import Round

_values = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_list = msgspec.json.Decoder(list[Any], float_hook=Decimal)
_rounds = msgspec.json.Decoder(list[Round], float_hook=Decimal)
_json = msgspec.json.Encoder(decimal_format="number")


def write_json(value: object) -> str:
    """Write numbers exactly, whole or not."""
    return _json.encode(value).decode()


def read_values(text: str | bytes) -> dict[str, Any]:
    """Read the clean values of a lead; numbers come back exact."""
    return _values.decode(text)


def read_list(text: str | None) -> list[Any]:
    return _list.decode(text) if text else []


def read_rounds(text: str) -> list[Round]:
    return _rounds.decode(text)

"""Bodies in: JSON and forms, strictly read, with the field named where something is wrong."""

import json
import re
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec

from headgate.domain.flaws import Flaw, Flawed
from headgate.web.errors import Problem

_Type = TypeVar("_Type")
_PLACE = re.compile(r"^(?P<message>.*?)(?: - at `\$\.?(?P<place>.*)`)?$", re.DOTALL)
_plain = msgspec.json.Decoder(float_hook=Decimal)


def decode(body: bytes, decoder: "msgspec.json.Decoder[_Type]") -> _Type:
    """Read a JSON body as the decoder's type.

    :raises Problem: not JSON at all.
    :raises Flawed: JSON, but with a wrong or unknown part; the flaw names it.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        # The decoder stops at the first wrong part; what follows it need not be JSON.
        _want_json(body)
        raise _flawed(error) from None
    except ArithmeticError:
        raise Problem(400, "malformed", "a number in the body is out of any range") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _decode_surrogates(body, decoder, error)


def decode_plain(body: bytes) -> dict[str, Any]:
    """Read a JSON object of any shape."""
    decoded = decode(body, _plain)
    if not isinstance(decoded, dict):
        raise Problem(400, "malformed", "the body is not a JSON object")
    return decoded


def decode_form(body: bytes) -> dict[str, Any]:
    """Read a form-encoded body; a name that stands twice becomes a list."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1_000
        )
    except ValueError as error:
        raise Problem(400, "malformed", f"the body is not form-encoded UTF-8: {error}") from None
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name not in values:
            values[name] = value
        elif isinstance(values[name], list):
            values[name].append(value)
        else:
            values[name] = [values[name], value]
    return values


def digest_of_body(path: str, body: object) -> bytes:
    """Return what two requests under one idempotency key are compared by."""
    try:
        canonical = msgspec.json.encode([path, body], order="deterministic")
    except UnicodeEncodeError:
        # Half a character is refused by name later, but it must not end the request here.
        canonical = json.dumps([path, body], sort_keys=True, default=str).encode()
    return blake2b(canonical, digest_size=16).digest()


def _flawed(error: msgspec.ValidationError) -> Flawed:
    match = _PLACE.match(str(error))
    place = (match and match["place"]) or ""
    message = (match and match["message"]) or str(error)
    unknown = re.search(r"unknown field `(.*)`", message)
    if unknown:
        there = f"there is no field {unknown[1]!r} here"
        return Flawed([Flaw(_below(place, unknown[1]), "unknown_field", there)])
    missing = re.search(r"missing required field `(.*)`", message)
    if missing:
        return Flawed([Flaw(_below(place, missing[1]), "required", "must have a value")])
    return Flawed([Flaw(place, "wrong_type", message)])


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _decode_surrogates(
    body: bytes, decoder: "msgspec.json.Decoder[_Type]", error: Exception
) -> _Type:
    """Read once more what only the stricter reader refuses: lone surrogates, which a field's
    cleaning refuses by name."""
    try:
        decoded = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
        return msgspec.convert(decoded, decoder.type)
    except msgspec.ValidationError as invalid:
        raise _flawed(invalid) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise Problem(400, "malformed", f"the body is not JSON: {error}") from None


def _want_json(body: bytes) -> None:
    """:raises Problem: the body is not JSON from its beginning to its end."""
    try:
        json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "malformed", f"the body is not JSON: {error}") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")

"""In which encoding a file's bytes are text."""

import codecs
from collections.abc import Iterable

# Those that a person may name; what is guessed is among them.
ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "cp1251",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp437", "cp850", "iso8859-1", "iso8859-2",
    "iso8859-15", "koi8-r", "mac-roman", "shift_jis", "gb18030", "big5", "euc-kr",
)  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_LOOKED_AT = 64 * 1024


class UnknownEncoding(ValueError):
    """The bytes are not plausible text in any encoding that is guessed."""

    def __init__(self) -> None:
        super().__init__(
            "the file is neither UTF-8, UTF-16 nor Windows-1252 text; "
            "save it as UTF-8, or say in which encoding it is"
        )


def encoding_of(pieces: Iterable[bytes]) -> str:
    """Return the encoding of a whole file, given piece by piece.

    A mark at the beginning decides, then whether everything is valid UTF-8. Of the encodings
    of one byte a character only Windows-1252 is guessed: the others look too much like it, and
    a wrong guess spoils names without a word.

    :raises UnknownEncoding:
    """
    beginning, telling = b"", b""
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    for piece in pieces:
        if len(beginning) < _MOST_LOOKED_AT:
            beginning += piece[: _MOST_LOOKED_AT - len(beginning)]
        if len(telling) < _MOST_LOOKED_AT and not piece.isascii():
            strange = b"\n".join(line for line in piece.splitlines() if not line.isascii())
            telling += strange[: _MOST_LOOKED_AT - len(telling)]
        utf8 = _still(utf8, piece)
    for mark, encoding in _BOMS:
        if beginning.startswith(mark):
            return encoding
    if b"\0" in beginning:
        return _utf16_without_mark(beginning)
    if utf8 is not None and _still(utf8, b"", final=True):
        return "utf-8"
    # Large, and needed by few files.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    if from_bytes(beginning + telling, cp_isolation=["cp1252"]).best() is None:
        raise UnknownEncoding
    return "cp1252"


def _still(
    utf8: codecs.IncrementalDecoder | None, piece: bytes, *, final: bool = False
) -> codecs.IncrementalDecoder | None:
    """Return the decoder, or None from the first piece that is no UTF-8."""
    if utf8 is None:
        return None
    try:
        utf8.decode(piece, final)
    except UnicodeDecodeError:
        return None
    return utf8


def _utf16_without_mark(beginning: bytes) -> str:
    """Tell the byte order by where most of the zero bytes are: at the high end of a letter."""
    low, high = beginning[::2].count(0), beginning[1::2].count(0)
    return "utf-16-le" if high >= low else "utf-16-be"

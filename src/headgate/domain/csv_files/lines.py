"""Bytes become lines, each with its own line end, in memory that does not grow."""

import codecs
from collections.abc import Iterable, Iterator
from io import StringIO

from headgate.domain.csv_files.flaws import NotDecodable, TooLong

# A row is one lead, and a lead is at most 64 KiB at every other door.
LONGEST_LINE = 1 << 20


def lines_of(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Yield lines that end in CR, LF or both, as they came.

    :raises NotDecodable, TooLong: with the line.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    number, rest = 1, ""
    for piece, final in _with_the_end(pieces):
        text, broken = _decoded(decoder, piece, final=final)
        whole, rest = _parted(rest + text, final=final and not broken)
        for line in whole:
            yield line
            number += 1
        if broken:
            number += rest.endswith("\r")
            raise NotDecodable(
                number, f"holds bytes that are not {encoding}; say in which encoding it is"
            )
        if len(rest) > LONGEST_LINE:
            raise TooLong(number, f"is longer than {LONGEST_LINE:,} characters")


def _with_the_end(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    for piece in pieces:
        yield piece, False
    yield b"", True


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool) -> tuple[str, bool]:
    """Return the text up to the first bytes that mean nothing, and whether there are any."""
    before = decoder.getstate()
    try:
        return decoder.decode(piece, final), False
    except UnicodeDecodeError as error:
        decoder.setstate(before)
        held_back = len(before[0])
        return decoder.decode(piece[: max(0, error.start - held_back)]), True


def _parted(text: str, *, final: bool) -> tuple[list[str], str]:
    """Part the whole lines from what may go on in the next piece."""
    lines = list(StringIO(text, newline=""))
    if final or not lines:
        return lines, ""
    # A CR at the end of a piece may be half of a CRLF.
    return (lines, "") if lines[-1].endswith("\n") else (lines[:-1], lines[-1])

"""A list as CSV for spreadsheets: written while it is read, so that it may have any length."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from headgate.domain.csv_files.cells import harmless

AT_ONCE = 500
_BOM = "\ufeff"  # without it a spreadsheet misreads what is not ASCII
_Cursor = TypeVar("_Cursor")
Part = Callable[[_Cursor | None], tuple[list[list[str]], _Cursor | None]]


def csv_answer(name: str, header: Sequence[str], part: Part[_Cursor]) -> StreamingHttpResponse:
    """Answer with the header and all rows; `part` reads some of them, and where to go on."""
    response = StreamingHttpResponse(
        _streamed(header, part), content_type="text/csv; charset=utf-8"
    )
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.csv"'
    return response


def pieces_answer(
    request: HttpRequest, name: str, pieces: Iterator[str] | Iterator[bytes]
) -> StreamingHttpResponse:
    """Answer with a file that is written already, piece by piece."""
    content = _one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


async def _one_by_one(
    pieces: Iterator[str] | Iterator[bytes],
) -> AsyncIterator[str | bytes]:
    """Give the pieces, each made on a thread that may ask the database."""
    next_piece = sync_to_async(lambda: next(pieces, None))
    while (piece := await next_piece()) is not None:
        yield piece


async def _streamed(header: Sequence[str], part: Part[_Cursor]) -> AsyncIterator[bytes]:
    yield (_BOM + _written([header])).encode()
    before: _Cursor | None = None
    while True:
        rows, before = await sync_to_async(part)(before)
        yield _written(rows).encode()
        if before is None:
            return


def _written(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()

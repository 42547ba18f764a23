"""Style sheets, scripts and icons, answered whole so that they suit an asynchronous server."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import FileResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """Read the file at once: Django streams files synchronously, and warns of it."""
        streamed: FileResponse = WhiteNoiseMiddleware.serve(static_file, request)
        response = HttpResponse(b"".join(streamed), status=streamed.status_code)
        streamed.close()
        del response.headers["Content-Type"]
        for name, value in streamed.items():
            response.headers[name] = value
        return response

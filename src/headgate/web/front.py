"""The front of the web: the API, forms and postbacks straight on ASGI, all else by Django."""

from django.core.asgi import get_asgi_application

from headgate.web.api.app import Api
from headgate.web.api.http import Receive, Scope, Send
from headgate.web.asking import DOORS
from headgate.web.bodies import Bounded
from headgate.web.doors import Doors
from headgate.web.forms.room import Forms
from headgate.web.postbacks import Postbacks

_SAFE = ("GET", "HEAD")
_BY_API = ("/api/", "/healthz", "/readyz", "/metrics")


class Front:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._api = Api(doors)
        self._forms = Forms(doors)
        self._postbacks = Postbacks(doors)
        self._django = Bounded(get_asgi_application())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_BY_API):
            await self._api(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/f/"):
            await self._forms(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/postback/"):
            await self._postbacks(scope, receive, send)
        elif scope["type"] == "http":
            await self._django({**scope, DOORS: self._doors}, receive, send)
            if scope["method"] not in _SAFE:
                # A page's service writes by itself; what it made due is sent at once.
                self._doors.look_now()

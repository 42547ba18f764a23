"""A session of the portal is no key of the API."""

import re

import pytest
from desk import Desk

from headgate.web.api.routes import ROUTES
from headgate.web.portal.visits import COOKIE, PortalSession

pytestmark = pytest.mark.only_on("sqlite")


def begun() -> str:
    session = PortalSession()
    session["portal_user"] = 1
    session.save()
    return str(session.session_key)


class TestASessionOfThePortal:
    def test_opens_no_route_that_wants_a_key(self, desk: Desk) -> None:
        session = desk.run(begun)
        cookies = {"cookie": f"{COOKIE}={session}; headgate_session={session}"}

        answers = {
            (route.method, route.path): {
                desk.call(route.method, path, {}, key=key, headers=cookies).status
                for key in (None, session)
            }
            for route in ROUTES
            if route.scopes
            for path in [re.sub(r"\{\w+\}", "1", route.path)]
        }

        assert len(answers) > 50
        assert {status for each in answers.values() for status in each} == {401}

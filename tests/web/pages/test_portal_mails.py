"""Links to the portal go out by the account's mail server, to whom they are for alone."""

import re
from datetime import datetime

import pytest
from portal_desk import HEL, PortalDesk
from reception import PASSWORD, Reception
from test_new_password import letters  # noqa: F401 - a fixture

from headgate.web import mailing
from headgate.web.portal import passwords

LINK = re.compile(r"https://headgate\.example(/portal/password/[\w-]+)")


@pytest.fixture
def desk(reception: Reception, letters: list[str], now: datetime) -> PortalDesk:  # noqa: F811
    passwords.asked_for.forgive(HEL)
    return PortalDesk(reception, now)


def link_in(letters: list[str]) -> str:  # noqa: F811
    for _ in range(2):  # the first finds whose links are wanted, the second sends them
        mailing.wait()
    [letter] = letters
    return str(LINK.findall(letter.replace("=\r\n", ""))[0])


class TestALink:
    def test_invites(self, desk: PortalDesk, letters: list[str]) -> None:  # noqa: F811
        staff = desk.reception.at_the_desk()

        page = staff.post("/partners/of/quiet/portal/invite", {"email": "new@quiet.example"})

        assert "on its way" in page.content.decode()
        assert desk.reception.visit().get(link_in(letters)).status_code == 200

    def test_sets_a_new_password(self, desk: PortalDesk, letters: list[str]) -> None:  # noqa: F811
        client, other = desk.reception.visit(), desk.join(HEL)
        client.post("/portal/forgotten", {"email": HEL}, headers={"Host": "evil.example"})

        client.post(link_in(letters), {"password": "river-runs-deep"})

        assert client.get("/portal").status_code == 200
        assert other.get("/portal").status_code == 302
        old = desk.reception.visit().post("/portal/sign-in", {"email": HEL, "password": PASSWORD})
        assert old.status_code == 422

    def test_goes_to_nobody_who_is_unknown(
        self,
        desk: PortalDesk,
        letters: list[str],  # noqa: F811
    ) -> None:
        answer = desk.reception.visit().post("/portal/forgotten", {"email": "no@acme.example"})
        mailing.wait()

        assert answer.headers["Location"] == "/portal/forgotten/sent"
        assert letters == []

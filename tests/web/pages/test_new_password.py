"""Who forgot the password gets a link by mail, and sets a new one."""

import ipaddress
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from reception import ACME, ANN, Reception

from headgate.services import configuration
from headgate.web import mailing

LINK = re.compile(r"https://headgate\.example(/sign-in/new-password/\S+)")


class Letters:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802
        self.kept.append(envelope.content.decode())
        return "250 kept"


@pytest.fixture
def letters(reception: Reception, settings: Any) -> Iterator[list[str]]:
    settings.BASE_URL = "https://headgate.example"
    settings.ALLOW_PRIVATE_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"),)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Letters()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        smtp = f'host: 127.0.0.1, port: {port}, security: none, sender: "a@acme.example"'
        configuration.apply_configuration(
            source=ACME + f"email: {{smtp: {{{smtp}}}}}\n".encode(),
            account_slug="acme",
            trusted=True,
            made_by="test",
            now=reception.now,
        )
        yield server.kept
    finally:
        controller.stop()


def link_in(letters: list[str]) -> str:
    mailing.wait()
    [letter] = letters
    return LINK.findall(letter.replace("=\r\n", ""))[0]


class TestTheLink:
    def test_sets_a_new_password_once(self, reception: Reception, letters: list[str]) -> None:
        client, other = reception.visit(), reception.at_the_desk()
        client.post("/sign-in/forgotten", {"email": ANN}, headers={"Host": "evil.example"})
        link = link_in(letters)
        said = {"password1": "down-flows-water", "password2": "down-flows-water"}

        form = client.get(link).headers["Location"]
        client.post(form, said)

        assert reception.sign_in(reception.visit(), password="down-flows-water").status_code == 302
        assert reception.sign_in(reception.visit()).status_code == 422
        assert other.get("/leads").status_code == 302
        assert "works no more" in reception.visit().get(link).content.decode()

    def test_goes_to_nobody_who_is_unknown(self, reception: Reception, letters: list[str]) -> None:
        reception.visit().post("/sign-in/forgotten", {"email": "nobody@acme.example"})
        mailing.wait()

        assert letters == []

"""Sending a test mail by the account's server."""

from datetime import datetime

import pytest
from small_world import CONFIGURATION, SmallWorld

from headgate.channels.addresses import Reach
from headgate.services.mail_test import NoMailServer, send_test_mail

pytestmark = pytest.mark.usefixtures("database", "installation")
SERVER_AT_HOME = (
    b'email: {smtp: {host: 127.0.0.1, port: 25, security: none, sender: "a@acme.example"}}\n'
)


class TestATestMail:
    def test_needs_a_mail_server(self, now: datetime) -> None:
        world = SmallWorld(now)

        with pytest.raises(NoMailServer, match="SMTP is not configured"):
            send_test_mail(
                account_id=world.account_id, to="me@acme.example", reach=Reach(), now=now
            )

    def test_goes_only_where_the_operator_allows(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION + SERVER_AT_HOME)

        tested = send_test_mail(
            account_id=world.account_id, to="me@acme.example", reach=Reach(), now=now
        )

        assert not tested.passed
        assert "not a public address" in tested.steps[-1].words

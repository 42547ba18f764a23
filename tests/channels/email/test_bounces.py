"""What is a bounce, which mail it is about, and how it comes out of the mailbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import LOOPBACK

from bounce_mails import failed, in_words, out_of_office
from headgate.channels.addresses import BlockedAddress, Reach
from headgate.channels.email import bounces, imap
from headgate.channels.email.return_path import tokens_in, with_token
from headgate.domain.configuration.value import Security
from imap_server import ImapServer

TOKEN = "abcdefghijklmnopqrstuvwxyz234567abcdefghij"
PATH = f"leads+hg-{TOKEN}@acme.example"


def at(server: ImapServer, username: str = "acme") -> imap.ImapServer:
    password = "pass word" if username == "acme" else "other"
    return imap.ImapServer("127.0.0.1", server.port, Security.NONE, username, password, "INBOX")


class TestAReturnPath:
    def test_gives_its_token_back(self) -> None:
        path = with_token("leads@acme.example", TOKEN)

        assert path == PATH
        assert tokens_in(f"<{path.upper()}>") == {TOKEN}

    def test_stays_plain_where_there_is_no_room(self) -> None:
        long = "a-department-with-a-long-name@acme.example"

        assert with_token(long, TOKEN) == long


class TestABounce:
    @pytest.mark.parametrize("mail", [failed(PATH), in_words(PATH), failed(PATH.upper())])
    def test_names_its_mail_and_recipient(self, mail: bytes) -> None:
        bounce = bounces.read(mail)

        assert bounce is not None
        assert bounce == bounces.Bounce(TOKEN, frozenset({"leads@first.example"}), bounce.words)

    def test_has_the_servers_words(self) -> None:
        bounce = bounces.read(failed(PATH))

        assert bounce is not None
        assert bounce.words == "smtp; 550 5.1.1 no such user"

    @pytest.mark.parametrize(
        "mail",
        [
            failed(PATH, action="delayed", status="4.4.7"),
            failed(PATH, action="delivered", status="2.0.0"),
            failed("leads@acme.example"),
            failed("leads@acme.example") + f"To: {PATH}\r\n".encode(),
            failed(f"{PATH}, leads+hg-{TOKEN[::-1]}@acme.example"),
            out_of_office(PATH),
            b"",
        ],
    )
    def test_is_not_what_is_temporary_or_about_no_mail(self, mail: bytes) -> None:
        assert bounces.read(mail) is None

    @given(st.binary(max_size=400))
    def test_is_read_from_anything_without_harm(self, junk: bytes) -> None:
        bounces.read(f"To: {PATH}\r\n".encode() + junk)


class TestTheMailbox:
    def test_gives_what_came_back_and_nothing_else(self) -> None:
        with ImapServer(failed(PATH), failed("ann@acme.example"), in_words(PATH)) as server:
            fetched = imap.fetch(at(server), LOOPBACK)

        assert fetched == imap.Fetched(7, {1: failed(PATH), 3: in_words(PATH)})

    def test_gives_the_same_until_it_is_marked(self) -> None:
        with ImapServer(failed(PATH)) as server:
            first = imap.fetch(at(server), LOOPBACK)
            second = imap.fetch(at(server), LOOPBACK)
            imap.mark_seen(at(server), LOOPBACK, validity=7, numbers=[1])
            third = imap.fetch(at(server), LOOPBACK)

        assert (len(first.mails), len(second.mails), len(third.mails)) == (1, 1, 0)

    def test_marks_nothing_after_it_was_renumbered(self) -> None:
        with ImapServer(failed(PATH)) as server:
            imap.mark_seen(at(server), LOOPBACK, validity=6, numbers=[1])

        assert server.seen == set()

    def test_is_not_reached_where_connections_may_not_go(self) -> None:
        with ImapServer() as server, pytest.raises(BlockedAddress):
            imap.fetch(at(server), Reach())

        assert server.commands == []

    def test_fails_in_a_known_way_when_it_refuses_the_login(self) -> None:
        with ImapServer() as server, pytest.raises(imap.FAILURES, match="wrong password"):
            imap.fetch(at(server, "other"), LOOPBACK)

"""Reports that are due go out by mail, whatever is killed in between."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from small_world import CONFIGURATION, DELIVERED, SmallWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.services import configuration
from headgate.services.reports import report_mails
from headgate.services.reports.report_mails import Letter, Standing, record_letter, take_letters

pytestmark = pytest.mark.usefixtures("database", "installation")
NOT_SENT = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False, error="no route")
REFUSED = Sent(outcome=Outcome.REFUSED, ms=5, written=True, error="550 no such user")
SMTP = b"email: {smtp: {host: mail.acme.example, sender: 'Acme <leads@acme.example>'}}\n"
DAILY = b"reports: [{to: [boss@acme.example, ann@acme.example], by: partner, at: '07:00'}]\n"
SEVEN = datetime(2026, 11, 24, 7, tzinfo=UTC)
PAUSE = report_mails.SEND_AGAIN_AFTER


def world_with_reports(now: datetime, *, smtp: bytes = SMTP) -> SmallWorld:
    """Return a world that sold one lead on the 23rd, and whose reports were looked at then."""
    world = SmallWorld(now, CONFIGURATION + smtp + DAILY)
    world.post("Ann")
    world.answer(DELIVERED)
    assert take_letters(now=now) == []
    return world


def standing(world: SmallWorld, now: datetime) -> Standing:
    (found,) = report_mails.standings(account_id=world.account_id, now=now).values()
    return found


def mail_of(letter: Letter) -> EmailMessage:
    return message_from_bytes(letter.request.message, policy=policy.default)


class TestTakeLetters:
    def test_gives_the_figures_of_the_day_before_once_it_is_due(self, now: datetime) -> None:
        world_with_reports(now)
        assert take_letters(now=SEVEN - timedelta(seconds=1)) == []

        (letter,) = take_letters(now=SEVEN)

        mail = mail_of(letter)
        text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
        (file,) = mail.iter_attachments()
        assert letter.request.recipients == ("boss@acme.example", "ann@acme.example")
        assert mail["Subject"] == "Acme: report by partner, 23 November 2026"
        assert text is not None
        assert "First            1" in text.get_content()
        assert html is not None
        assert ">10.00</td>" in html.get_content()
        assert file.get_filename() == "report-by-partner-2026-11-23.csv"
        assert file.get_content().startswith("\ufeffpartner,name,received,")

    def test_gives_what_nobody_noted_again_as_the_same_mail(self, now: datetime) -> None:
        world_with_reports(now)
        (lost,) = take_letters(now=SEVEN)
        assert take_letters(now=SEVEN + PAUSE - timedelta(seconds=1)) == []

        (again,) = take_letters(now=SEVEN + PAUSE)

        assert mail_of(again)["Message-ID"] == mail_of(lost)["Message-ID"]

    def test_says_that_there_is_no_server_and_waits_for_one(self, now: datetime) -> None:
        world = world_with_reports(now, smtp=b"")

        assert take_letters(now=SEVEN) == []

        found = standing(world, SEVEN)
        assert found.due_at == SEVEN
        assert "no mail server" in (found.error or "")

    def test_forgets_a_report_that_left_the_set_up(self, now: datetime) -> None:
        world = world_with_reports(now)
        configuration.apply_configuration(
            source=CONFIGURATION + SMTP + b"reports: []\n",
            account_slug=None,
            trusted=True,
            made_by="test",
            now=now,
        )

        assert take_letters(now=SEVEN) == []
        assert report_mails.standings(account_id=world.account_id, now=now) == {}


class TestRecordLetter:
    def test_goes_on_to_the_next_day(self, now: datetime) -> None:
        world = world_with_reports(now)
        (letter,) = take_letters(now=SEVEN)

        assert record_letter(letter=letter, sent=DELIVERED, now=SEVEN)

        assert standing(world, SEVEN) == Standing(SEVEN + timedelta(days=1), SEVEN, None)
        assert take_letters(now=SEVEN + PAUSE) == []

    def test_tries_again_what_was_not_sent(self, now: datetime) -> None:
        world = world_with_reports(now)
        (letter,) = take_letters(now=SEVEN)

        assert not record_letter(letter=letter, sent=NOT_SENT, now=SEVEN)

        assert standing(world, SEVEN) == Standing(SEVEN, None, "no route")
        assert len(take_letters(now=SEVEN + PAUSE)) == 1

    def test_does_not_insist_where_the_server_refuses(self, now: datetime) -> None:
        world = world_with_reports(now)
        (letter,) = take_letters(now=SEVEN)

        assert record_letter(letter=letter, sent=REFUSED, now=SEVEN)

        found = standing(world, SEVEN)
        assert found == Standing(SEVEN + timedelta(days=1), None, "550 no such user")

    def test_makes_up_for_days_on_which_nothing_ran(self, now: datetime) -> None:
        world_with_reports(now)
        late = SEVEN + timedelta(days=2, hours=1)
        subjects = []
        for _ in range(4):
            for letter in take_letters(now=late):
                subjects.append(mail_of(letter)["Subject"])
                record_letter(letter=letter, sent=DELIVERED, now=late)

        assert [each.rpartition(", ")[2] for each in subjects] == [
            *("23 November 2026", "24 November 2026", "25 November 2026")
        ]

"""The audit log is added to, read, and shows when somebody tampered with it."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection

from headgate.domain.audit import Action
from headgate.domain.ids import AccountId
from headgate.services import audit, sealing
from headgate.storage import accounts
from headgate.storage import audit as log
from headgate.storage.audit import Filters


@pytest.fixture
def account_id(database: object, installation: None, now: datetime) -> AccountId:
    key = sealing.new_wrapped_key()
    added = accounts.add("acme", "Acme", timezone="UTC", currency="USD", wrapped_key=key, now=now)
    return added.id


def note_some(account_id: AccountId, now: datetime, *, lines: int = 3) -> None:
    for number in range(lines):
        audit.note(
            account_id=account_id,
            actor="ann@acme.example",
            action=Action.MEMBER_CHANGED,
            subject=f"member {number}",
            before={"role": "member"},
            after={"role": "admin"},
            now=now + timedelta(minutes=number),
        )


def tamper(sql: str) -> None:
    """Change rows as somebody would who owns the database and so its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE storage_auditentry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER storage_auditentry_no_update")
            cursor.execute("DROP TRIGGER storage_auditentry_no_delete")
        cursor.execute(sql)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE storage_auditentry ENABLE TRIGGER USER")


class TestTheLog:
    def test_counts_its_lines(self, account_id: AccountId, now: datetime) -> None:
        note_some(account_id, now)

        entries = log.list_page(account_id, Filters(), before=None, limit=10)

        assert [entry.number for entry in entries] == [3, 2, 1]
        assert entries[0].before == '{"role": "member"}'

    @pytest.mark.parametrize(
        "filters",
        [
            Filters(actor="ann"),
            Filters(kind="member"),
            Filters(subject="MEMBER 1"),
        ],
    )
    def test_is_narrowed(self, account_id: AccountId, now: datetime, filters: Filters) -> None:
        note_some(account_id, now)
        other = Action.KEY_CREATED
        audit.note(account_id=account_id, actor="bob", action=other, subject="key", now=now)

        found = log.list_page(account_id, filters, before=None, limit=10)

        assert found
        assert "bob" not in {entry.actor for entry in found}

    def test_is_narrowed_by_time(self, account_id: AccountId, now: datetime) -> None:
        note_some(account_id, now)
        filters = Filters(since=now + timedelta(minutes=1), until=now + timedelta(minutes=2))

        assert log.count(account_id, filters) == 1

    @pytest.mark.parametrize("sql", ["UPDATE {} SET actor = 'nobody'", "DELETE FROM {}"])
    def test_is_only_added_to(self, account_id: AccountId, now: datetime, sql: str) -> None:
        note_some(account_id, now)

        with pytest.raises(IntegrityError, match="only ever added to"), connection.cursor() as own:
            own.execute(sql.format("storage_auditentry"))

    def test_adds_up(self, account_id: AccountId, now: datetime) -> None:
        note_some(account_id, now)

        assert list(audit.breaches()) == []

    @pytest.mark.parametrize(
        ("sql", "told"),
        [
            ("UPDATE storage_auditentry SET after = '{}' WHERE number = 2", "line 2"),
            ("UPDATE storage_auditentry SET actor = 'bob' WHERE number = 3", "line 3"),
            ("DELETE FROM storage_auditentry WHERE number = 2", "line 2"),
        ],
    )
    def test_shows_tampering(
        self, account_id: AccountId, now: datetime, sql: str, told: str
    ) -> None:
        note_some(account_id, now)
        tamper(sql)

        breaches = list(audit.breaches())

        assert len(breaches) == 1
        assert told in breaches[0].message

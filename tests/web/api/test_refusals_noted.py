"""What a source was refused is noted for it, beside the answer."""

import asyncio
from typing import Any

from desk import Desk

from headgate.services import setups, sources
from headgate.services.sources import LastRequest
from headgate.storage import accounts
from headgate.web.api.diary import Diary


def last_requests(desk: Desk, slug: str = "site") -> list[LastRequest]:
    def find() -> list[LastRequest]:
        account = accounts.find("acme")
        assert account is not None
        source_id = setups.in_force(account.id).plan.identities.sources["solar", slug]
        return sources.last_requests(account_id=account.id, source_id=source_id)

    asyncio.run(diary_of(desk).write())
    return desk.run(find)


def diary_of(desk: Any) -> Diary:
    diary: Diary = desk._api._diary
    return diary


class TestARefusal:
    def test_is_told_to_its_source(self, desk: Desk) -> None:
        desk.call("POST", "/api/v1/intake/solar", {"email": "bad"}, key="intake")

        (noted,) = last_requests(desk)

        assert noted.status == 422
        assert noted.refused is not None
        assert noted.refused.path == "/api/v1/intake/{entity}"
        assert {flaw.field for flaw in noted.refused.errors} == {"first_name", "email"}

    def test_stands_beside_the_leads_that_came(self, desk: Desk) -> None:
        desk.post_lead(key="intake")
        desk.call("POST", "/api/v1/leads", b"{", key="intake")

        assert [each.status for each in last_requests(desk)] == [400, 201]

    def test_is_nobodys_without_a_sources_key(self, desk: Desk) -> None:
        desk.call("POST", "/api/v1/leads", b"{", key="admin")
        desk.call("POST", "/api/v1/leads", b"{", key=None)

        assert last_requests(desk) == []

    def test_is_one_of_the_last_few(self, desk: Desk) -> None:
        for _ in range(25):
            desk.call("POST", "/api/v1/leads", b"{", key="intake")

        assert len(last_requests(desk)) == 20

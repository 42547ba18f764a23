"""Users are made once, with a password that holds, by whom they should."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from small_world import SmallWorld

from headgate.domain.configuration.value import Account
from headgate.services.people import membership, sign_ins
from headgate.services.people.membership import BadEmail, EmailTaken, SetUpLinkVoid, WeakPassword
from headgate.storage import audit, people
from headgate.storage.audit import Filters
from headgate.storage.people import Role

PASSWORD = "water-flows-down"
ACCOUNT = Account("new", "New", "UTC", "USD")


@pytest.fixture
def world(database: object, installation: None, now: datetime) -> SmallWorld:
    return SmallWorld(now)


class TestAUser:
    def test_is_a_member_with_a_role(self, world: SmallWorld) -> None:
        user_id = membership.create_user(
            account_id=world.account_id,
            email=" Ann@Acme.Example",
            password=PASSWORD,
            role=Role.MEMBER,
            now=world.now,
        )

        assert people.find_user("ann@acme.example") == user_id
        [seat] = people.memberships_of(user_id)
        assert (seat.slug, seat.role) == ("acme", Role.MEMBER)

    @pytest.mark.parametrize(
        ("email", "password", "error"),
        [
            ("ann@acme.example", "short", WeakPassword),
            ("ann@acme.example", "password123", WeakPassword),
            ("nobody", PASSWORD, BadEmail),
            ("taken@acme.example", PASSWORD, EmailTaken),
        ],
    )
    def test_is_refused_whole(
        self, world: SmallWorld, email: str, password: str, error: type[Exception]
    ) -> None:
        make = {"account_id": world.account_id, "role": Role.OWNER, "now": world.now}
        membership.create_user(email="taken@acme.example", password=PASSWORD, **make)  # type: ignore[arg-type]

        with pytest.raises(error):
            membership.create_user(email=email, password=password, **make)  # type: ignore[arg-type]

        assert people.find_user("ann@acme.example") is None


class TestTheFirstOwner:
    def test_owns_every_account_there_is(self, world: SmallWorld) -> None:
        token = membership.open_set_up(now=world.now) or ""

        user_id = membership.create_first_owner(
            token=token, email="a@b.example", password=PASSWORD, account=ACCOUNT, now=world.now
        )

        assert [(m.slug, m.role) for m in people.memberships_of(user_id)] == [("acme", Role.OWNER)]

    def test_is_only_one_when_two_links_are_used_at_once(
        self, world: SmallWorld, at_once: Callable[..., list[Any]]
    ) -> None:
        tokens = [membership.open_set_up(now=world.now) or "" for _ in range(2)]

        def create(number: int) -> bool:
            try:
                membership.create_first_owner(
                    token=tokens[number],
                    email=f"owner{number}@acme.example",
                    password=PASSWORD,
                    account=ACCOUNT,
                    now=world.now,
                )
            except SetUpLinkVoid:
                return False
            return True

        made = at_once(lambda: create(0), lambda: create(1))

        assert sorted(made) == [False, True]


class TestAUserWhoIsLockedOut:
    def test_gets_a_link_and_loses_second_steps_if_asked(self, world: SmallWorld) -> None:
        make_ann(world)

        user, token = sign_ins.open_way_back(
            email="ann@acme.example", without_second_steps=True, now=world.now
        )

        [entry, *_] = audit.list_page(world.account_id, Filters(), before=None, limit=1)
        assert user
        assert token
        assert (entry.actor, entry.subject) == ("command line", "user ann@acme.example")
        assert "removed" in (entry.after or "")

    def test_has_to_be_known(self, world: SmallWorld) -> None:
        with pytest.raises(sign_ins.UserNotFound, match=r"nobody@acme\.example"):
            sign_ins.open_way_back(
                email="nobody@acme.example", without_second_steps=False, now=world.now
            )


def make_ann(world: SmallWorld) -> None:
    membership.create_user(
        account_id=world.account_id,
        email="ann@acme.example",
        password=PASSWORD,
        role=Role.OWNER,
        now=world.now,
    )

"""What the address of a PostgreSQL database says to the driver, and what it need not say."""

import pytest

from headgate.settings import BadSetting, database_from


def options(query: str = "") -> dict[str, str]:
    found: dict[str, str] = database_from(f"postgresql://db.acme.example/leads{query}")["OPTIONS"]
    return found


class TestAnAddress:
    def test_has_locks_waited_for_a_while_only(self) -> None:
        assert options()["options"] == "-c lock_timeout=20s"

    def test_may_set_limits_of_its_own(self) -> None:
        own = options("?options=-c%20lock_timeout%3D5s&connect_timeout=2")

        assert (own["options"], own["connect_timeout"]) == ("-c lock_timeout=5s", "2")

    def test_passes_on_what_else_the_driver_knows(self) -> None:
        assert options("?sslmode=verify-full")["sslmode"] == "verify-full"

    def test_may_name_a_socket_as_the_host(self) -> None:
        found = database_from("postgresql:///leads?host=%2Frun%2Fpostgresql")

        assert found["HOST"] == "/run/postgresql"
        assert "host" not in found["OPTIONS"]

    def test_of_another_kind_is_refused(self) -> None:
        with pytest.raises(BadSetting, match="it must be sqlite:///"):
            database_from("mysql://db.acme.example/leads")

import re

from commands import Headgate

PASSWORD = "correct horse battery"


class TestApikey:
    def test_is_printed_once_and_alone(self, configured: Headgate) -> None:
        out = configured.does("apikey", "create", "--scope", "admin", "--name", "Ann's")

        assert re.fullmatch(r"hg_[0-9A-Za-z]{48}\n", out)
        listed = configured.does("apikey", "list")
        assert "Ann's" in listed
        assert out.strip() not in listed

    def test_of_a_source_names_it(self, configured: Headgate) -> None:
        configured.does("apikey", "create", "--scope", "intake", "--source", "site")

        assert "intake (site)" in configured.does("apikey", "list")

    def test_of_intake_needs_a_source(self, configured: Headgate) -> None:
        ended = configured.run("apikey", "create", "--scope", "intake")

        assert (ended.code, ended.out) == (1, "")
        assert "an intake key needs a source" in ended.err

    def test_of_an_unknown_source_is_refused(self, configured: Headgate) -> None:
        ended = configured.run("apikey", "create", "--scope", "intake", "--source", "nobody")

        assert ended.code == 1
        assert "source 'nobody': there is none" in ended.err

    def test_is_revoked_once(self, configured: Headgate) -> None:
        configured.does("apikey", "create", "--scope", "read")

        assert configured.does("apikey", "revoke", "1") == "Key 1 is out of force.\n"
        assert "revoked 20" in configured.does("apikey", "list")
        again = configured.run("apikey", "revoke", "1")
        assert again.code == 1
        assert "no key number 1 in force" in again.err


class TestUser:
    def test_is_made_with_a_password_from_the_environment(self, configured: Headgate) -> None:
        create = ("user", "create", "--email", "Ann@Example.com", "--role", "owner")

        out = configured.does(*create, HEADGATE_PASSWORD=PASSWORD)

        assert out == "ann@example.com is owner of acme.\n"
        again = configured.run(*create, HEADGATE_PASSWORD=PASSWORD)
        assert again.code == 1
        assert "there is a user with the address ann@example.com already" in again.err

    def test_is_refused_where_the_password_cannot_be_asked_for(self, configured: Headgate) -> None:
        ended = configured.run("user", "create", "--email", "a@example.com", "--role", "member")

        assert ended.code == 1
        assert "HEADGATE_PASSWORD" in ended.err

    def test_is_refused_with_a_weak_password(self, configured: Headgate) -> None:
        ended = configured.run(
            "user", "create", "--email", "a@example.com", "--role", "admin",
            HEADGATE_PASSWORD="password",
        )  # fmt: skip

        assert ended.code == 1
        assert "too common" in ended.err

    def test_needs_a_known_role(self, configured: Headgate) -> None:
        ended = configured.run("user", "create", "--email", "a@example.com", "--role", "king")

        assert ended.code == 2

"""People sign in, are refused, are slowed down, and sign out."""

from reception import ANN, Reception


class TestSignIn:
    def test_lets_the_right_password_in(self, reception: Reception) -> None:
        client = reception.visit()

        response = reception.sign_in(client)

        assert response.status_code == 302
        assert client.get("/leads").status_code == 200

    def test_knows_an_address_in_any_case(self, reception: Reception) -> None:
        response = reception.sign_in(reception.visit(), f" {ANN.upper()} ")

        assert response.status_code == 302

    def test_refuses_a_wrong_password(self, reception: Reception) -> None:
        client = reception.visit()

        response = reception.sign_in(client, password="guessed")

        assert response.status_code == 422
        assert "do not belong together" in response.content.decode()
        assert client.get("/leads").status_code == 302

    def test_tells_nobody_whether_an_address_is_known(self, reception: Reception) -> None:
        client = reception.visit()

        known = reception.sign_in(client, password="guessed").content
        unknown = reception.sign_in(client, email="no@acme.example", password="guessed").content

        assert b"do not belong together" in known
        assert b"do not belong together" in unknown

    def test_slows_guesses_down(self, reception: Reception) -> None:
        client = reception.visit()
        for _ in range(5):
            reception.sign_in(client, password="guessed")

        response = reception.sign_in(client)

        assert response.status_code == 429
        assert client.get("/leads").status_code == 302

    def test_slows_nobody_else_down(self, reception: Reception) -> None:
        guesser = reception.visit()
        for _ in range(6):
            reception.sign_in(guesser, password="guessed")

        assert reception.sign_in(reception.visit()).status_code == 302

    def test_refuses_a_post_from_elsewhere(self, reception: Reception) -> None:
        client = reception.visit(checks_csrf=True)

        response = reception.sign_in(client)

        assert response.status_code == 403
        assert "reload and try again" in response.content.decode()

    def test_goes_on_to_where_the_visitor_was_going(self, reception: Reception) -> None:
        client = reception.visit()
        asked = client.get("/deliveries?state=failed")
        wanted = {"email": ANN, "password": "water-flows-down", "next": "/deliveries?state=failed"}

        response = client.post("/sign-in", wanted)

        assert asked.headers["Location"] == "/sign-in?next=%2Fdeliveries%3Fstate%3Dfailed"
        assert response.headers["Location"] == "/deliveries?state=failed"

    def test_goes_on_to_no_other_site(self, reception: Reception) -> None:
        said = {"email": ANN, "password": "water-flows-down", "next": "https://evil.example/"}

        response = reception.visit().post("/sign-in", said)

        assert response.headers["Location"] == "/"

    def test_keeps_the_session_from_scripts_and_other_sites(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        cookie = client.cookies["headgate_session"]

        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


class TestSignOut:
    def test_ends_the_session(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        client.post("/sign-out")

        assert client.get("/leads").status_code == 302

    def test_cannot_be_done_by_a_link(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        assert client.get("/sign-out").status_code == 405
        assert client.get("/leads").status_code == 200

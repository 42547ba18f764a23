"""Signatures that a partner's own library verifies."""

import base64
from datetime import UTC, datetime

import pytest
import standardwebhooks
import svix
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.channels.webhook import signing

SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another key of 24 bytes!").decode()
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


class TestSignature:
    @pytest.mark.parametrize("secret", [SECRET, f"whsec_{SECRET}"])
    def test_is_that_of_the_published_vector(self, secret: str) -> None:
        assert signing.signature(signing.keys(secret), ID, TIMESTAMP, BODY) == SIGNATURE

    def test_names_every_secret_while_one_replaces_another(self) -> None:
        both = signing.keys(f"whsec_{SECRET} {OTHER}")

        first, second = signing.signature(both, ID, TIMESTAMP, BODY).split(" ")

        assert first == SIGNATURE
        assert second == signing.signature(signing.keys(OTHER), ID, TIMESTAMP, BODY)

    @settings(max_examples=50, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([SECRET, OTHER]))
    def test_is_verified_by_the_libraries(self, text: str, verifier: str) -> None:
        now = int(datetime.now(UTC).timestamp())
        body = f'{{"text": "{text.encode().hex()}"}}'
        value = signing.signature(signing.keys(f"{SECRET} {OTHER}"), ID, now, body.encode())
        headers = {"webhook-id": ID, "webhook-timestamp": str(now), "webhook-signature": value}

        standardwebhooks.Webhook(verifier).verify(body, headers)
        svix.Webhook(verifier).verify(body, headers)

    @pytest.mark.parametrize("secret", ["", " ", "whsec_", "whsec_not base64!", "hunter2"])
    def test_needs_a_secret_in_base64(self, secret: str) -> None:
        with pytest.raises(signing.BadSigningSecret, match=r"^The signing secret is") as caught:
            signing.keys(secret)

        assert secret.strip() in ("", "whsec_") or secret not in str(caught.value)


class TestHexDigest:
    def test_is_the_rfc_4231_vector(self) -> None:
        expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

        assert signing.hex_digest("Jefe", b"what do ya want for nothing?") == expected

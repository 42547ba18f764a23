import phonenumbers
import pytest
from email_validator import validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from headgate.domain.cleaning.contacts import e164, is_everyday_email

LABELS = st.text("abc019-xn", min_size=1, max_size=12)
LIKELY_EMAILS = st.builds(
    "{}@{}.{}".format,
    st.text("ab0._+-'", min_size=1, max_size=12),
    st.lists(LABELS, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["com", "example", "test", "local", "c0m", "x"]) | LABELS,
)


class TestEmail:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            (" ann@example.com ", "ann@example.com"),
            ("Ann.Lee+solar@EXAMPLE.com", "Ann.Lee+solar@example.com"),
            ("INFO@example.com", "info@example.com"),
            ("ann@xn--bcher-kva.example", "ann@b\u00fccher.example"),
            ("\u00fc@example.com", "\u00fc@example.com"),
        ],
    )
    def test_is_kept_in_normal_form(self, value_of, given, kept):
        assert value_of("email", given) == kept

    @pytest.mark.parametrize(
        "bad",
        [
            *("ann", "ann@", "@example.com", "ann@localhost", "ann@@example.com"),
            *("Ann <ann@example.com>", "ann@example.com\nBcc: x@example.com", "ann@-a.com"),
            *("ann@[127.0.0.1]", '"a b"@example.com', "ann@example..com", "a\u202e@example.com"),
        ],
    )
    def test_refuses_what_is_no_address(self, code_of, bad):
        assert code_of("email", bad) == "not_an_email"

    def test_refuses_what_no_mail_server_takes(self, code_of):
        assert code_of("email", "a" * 250 + "@example.com") == "too_long"

    @given(LIKELY_EMAILS)
    @example("a@b.co")
    def test_takes_the_short_way_only_where_the_library_agrees(self, text):
        if is_everyday_email(text):
            assert validate_email(text, check_deliverability=False).normalized == text

    def test_takes_the_short_way_for_everyday_addresses(self):
        assert is_everyday_email("ann.lee+solar@mail.example.com")


class TestPhone:
    @pytest.mark.parametrize(
        ("given", "region", "kept"),
        [
            ("(212) 555-0123", "US", "+12125550123"),
            ("+1 212 555 0123", None, "+12125550123"),
            ("020 7946 0958", "GB", "+442079460958"),
            ("+44 20 7946 0958", "US", "+442079460958"),
            ("+39 06 6982 1234", None, "+390669821234"),
        ],
    )
    def test_is_kept_in_e164(self, value_of, given, region, kept):
        assert value_of("phone", given, region=region) == kept

    @pytest.mark.parametrize(
        ("bad", "region"),
        [
            *(("12", "US"), ("+1 100 555 0123", "US"), ("call me", "US"), ("2125550123", None)),
            *(("+999123456", None), ("1" * 200, "US"), ("+12005550123", "US")),
        ],
    )
    def test_refuses_what_is_not_valid(self, code_of, bad, region):
        assert code_of("phone", bad, region=region) == "not_a_phone_number"

    def test_says_how_to_write_it(self, clean_one):
        cleaned = clean_one("phone", "12", region="US")

        assert cleaned.flaws[0].message == (
            "must be valid in US or begin with + and the country code, such as +12025550143"
        )

    def test_refuses_a_bare_number(self, code_of):
        assert code_of("phone", 2125550123, region="US") == "bad_type"

    @given(st.from_regex(r"\+1[2-9][0-9]{9}", fullmatch=True), st.sampled_from(["US", "DE", None]))
    def test_takes_the_short_way_only_where_the_library_agrees(self, text, region):
        number = phonenumbers.parse(text, region)

        expected = text if phonenumbers.is_valid_number(number) else None

        assert e164(text, region) == expected


class TestUrl:
    @pytest.mark.parametrize(
        "good",
        [
            "https://example.com",
            "HTTP://example.com:8080/a?b=c#d",
            "https://b\u00fccher.example/\u00e4",
            "https://[::1]/",
            "https://user@example.com/",
        ],
    )
    def test_is_kept_as_it_is(self, value_of, good):
        assert value_of("url", f" {good} ") == good

    @pytest.mark.parametrize(
        "bad",
        [
            *("example.com", "ftp://example.com", "javascript:alert(1)", "https://", "http:///a"),
            *("http://[::1", "http://a b.com", "http://a.com:99999", "http://a\\@b.com"),
            *("https://..", "http://:80/", "http://a\tb.com", "http://a\u2100.com"),
        ],
    )
    def test_refuses_what_has_no_host_on_the_web(self, code_of, bad):
        assert code_of("url", bad) == "not_a_url"

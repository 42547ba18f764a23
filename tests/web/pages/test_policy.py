"""What every page says about what it may load."""

import gzip
import re

import pytest
from django.templatetags.static import static
from reception import Reception, text_of

PAGES = (
    "/sign-in",
    "/leads",
    "/leads/waiting",
    "/deliveries",
    "/deliveries/retry",
    "/inbox",
    "/nowhere",
    "/set-up/nonsense",
)


class TestThePolicy:
    @pytest.mark.parametrize("page", PAGES)
    def test_stands_on_every_page(self, reception: Reception, page: str) -> None:
        answer = reception.at_the_desk().get(page)

        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"

    @pytest.mark.parametrize("page", ["/leads", "/deliveries", "/deliveries/retry", "/inbox"])
    def test_is_kept_by_the_pages_themselves(self, reception: Reception, page: str) -> None:
        reception.post_lead(first_name="Ann", zip="90210")
        reception.answer()

        text = text_of(reception.at_the_desk(), page)

        assert not re.findall(r"<script(?![^>]*\bsrc=)", text)
        assert not re.findall(r"<style|\sstyle=|\son[a-z]+=", text)
        assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", text)


class TestAWholePage:
    @pytest.mark.parametrize("page", ["/leads", "/deliveries"])
    def test_weighs_at_most_30_kilobytes(self, reception: Reception, page: str) -> None:
        for number in range(50):
            reception.post_lead(first_name=f"Ann {number}", email=f"ann{number}@example.com")
        client = reception.at_the_desk()

        text = text_of(client, page)
        parts = {part.split("#")[0] for part in re.findall(r'(?:src|href)="(/static/[^"]+)"', text)}
        contents = [text.encode(), *[client.get(part).content for part in parts]]

        assert len(parts) >= 7
        assert sum(len(gzip.compress(content)) for content in contents) <= 30 * 1024


class TestStaticFiles:
    @pytest.mark.parametrize(
        "name", ["headgate/tokens.css", "headgate/console.js", "django_htmx/htmx-2.min.js"]
    )
    def test_are_served_and_kept_for_a_day(self, reception: Reception, name: str) -> None:
        answer = reception.visit().get(static(name))

        assert answer.status_code == 200
        assert answer.content
        assert answer.headers["Cache-Control"] == "max-age=86400, public"

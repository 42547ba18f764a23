"""Make one attempt: the signature and token of this moment, and what the answer means."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from headgate.channels.confidential import without_secrets
from headgate.channels.contract import Sent
from headgate.channels.outbound_http import ANSWER_LIMIT, Exchange, OutboundHttp
from headgate.channels.webhook import answers, signing
from headgate.channels.webhook.request import WebhookRequest
from headgate.channels.webhook.tokens import NoToken, Tokens
from headgate.domain.deliveries import MOST_RETRY_AFTER_SECONDS, Outcome
from headgate.domain.delivery_settings import AnswerRules

_SECONDS = re.compile(r"\d{1,9}", re.ASCII)
_LONGEST_URL = 2_048


class WebhookSender:
    """Sends webhooks through one client; `tokens` are kept for as long as it lives."""

    def __init__(self, http: OutboundHttp) -> None:
        self._http = http
        self._tokens = Tokens(http)

    async def send(self, request: WebhookRequest, *, now: datetime) -> Sent:
        """Make one attempt; never raises for what the other side does."""
        headers = list(request.headers)
        left = request.timeout_seconds
        if request.token is not None:
            try:
                token = await self._tokens.get(request.token, deadline_seconds=left)
            except NoToken as error:
                return _without_token(request, error)
            headers.append(("Authorization", f"Bearer {token.text}"))
            left -= token.took_seconds
        headers += _of_this_attempt(request, now)
        exchange = await self._http.exchange(
            request.method,
            request.url,
            headers,
            request.body,
            deadline_seconds=left,
            needs_body=answers.reads_body(request.answer),
        )
        if exchange.status == 401 and request.token is not None:
            self._tokens.drop(request.token)
        return sent(request, exchange, now=now)

    async def close(self) -> None:
        await self._http.close()


def sent(request: WebhookRequest, exchange: Exchange, *, now: datetime) -> Sent:
    """Say what an exchange means for the delivery."""
    if exchange.status is None:
        return Sent(
            outcome=Outcome.AMBIGUOUS if exchange.written else Outcome.NOT_SENT,
            ms=exchange.ms,
            written=exchange.written,
            error=_kept(exchange.error or "", request),
        )
    answer = answers.Answer(
        exchange.status,
        exchange.body,
        is_complete=exchange.is_complete,
        content_type=exchange.content_type,
        content_encoding=exchange.content_encoding,
    )
    meaning = answers.meaning(request.answer, answer)
    is_delivered = meaning.outcome is Outcome.DELIVERED
    price = _read(answer, request.answer.price) if is_delivered else None
    return Sent(
        outcome=meaning.outcome,
        by_own_rule=meaning.by_own_rule,
        ms=exchange.ms,
        written=True,
        status=exchange.status,
        error=meaning.why,
        answer=_kept(exchange.body.decode(errors="replace"), request),
        price=price,
        price_unreadable=is_delivered and request.answer.price is not None and price is None,
        redirect_url=_redirect(answer, request.answer) if is_delivered else None,
        retry_after_seconds=_retry_after(exchange, now),
        gone=exchange.status == 410 and meaning.outcome is Outcome.REFUSED,
    )


def _of_this_attempt(request: WebhookRequest, now: datetime) -> list[tuple[str, str]]:
    timestamp = int(now.timestamp())
    headers = [("webhook-timestamp", str(timestamp))]
    if request.signing_secret is not None:
        value = signing.signature(
            signing.keys(request.signing_secret), request.delivery_id, timestamp, request.body
        )
        headers.append(("webhook-signature", value))
    return headers


def _without_token(request: WebhookRequest, error: NoToken) -> Sent:
    return Sent(
        outcome=Outcome.NOT_SENT,
        ms=error.ms,
        written=False,
        error=_kept(f"No access token: {error}", request),
    )


def _kept(text: str, request: WebhookRequest) -> str:
    """Return what may be stored of a text from outside."""
    return without_secrets(text.replace("\x00", ""), request.confidential)[:ANSWER_LIMIT]


def _read(answer: answers.Answer, path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return answer.at(path)
    except answers.Unreadable:
        return None


def _redirect(answer: answers.Answer, rules: AnswerRules) -> str | None:
    """Return where the lead's visitor may be sent, if it is a web address."""
    url = _read(answer, rules.redirect)
    if url is None or len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _retry_after(exchange: Exchange, now: datetime) -> int | None:
    """Return the pause that a 429 or 503 asks for, a day at most."""
    if exchange.status not in (429, 503) or exchange.retry_after is None:
        return None
    text = exchange.retry_after.strip()
    if _SECONDS.fullmatch(text):
        seconds = int(text)
    else:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        seconds = max(0, round((at - now).total_seconds()))
    return min(seconds, MOST_RETRY_AFTER_SECONDS)

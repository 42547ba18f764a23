"""Delivery settings written out as a file has them."""

from collections.abc import Callable
from typing import assert_never

from headgate.domain.delivery_settings import (
    AnswerRule,
    AnswerRules,
    Auth,
    BasicAuth,
    BearerAuth,
    DeliverySettings,
    Email,
    FieldChoice,
    Format,
    HmacAuth,
    Inbox,
    Method,
    Other,
    Portal,
    Webhook,
)
from headgate.domain.money import format_amount
from headgate.domain.secrets import EnvSecret, Secret

Written = dict[str, object]


def differing(*triples: tuple[str, object, object]) -> Written:
    """Return key and value of each (key, value, default) whose value is not the default."""
    return {key: value for key, value, default in triples if value != default}


def maybe_written(value: object, write: Callable[..., object]) -> object:
    return None if value is None else write(value)


def write_secret(secret: Secret) -> Written:
    """Name the secret's place, never its value."""
    return {"env": secret.name} if isinstance(secret, EnvSecret) else {"stored": True}


def write_delivery(settings: DeliverySettings, *, currency: str) -> Written:
    match settings:
        case Webhook():
            return {"channel": "webhook", **_webhook(settings, currency)}
        case Email():
            return {"channel": "email", **_email(settings)}
        case Portal():
            accept = "required" if settings.accept_required else "none"
            return {"channel": "portal", "accept": accept}
        case Other():
            return {"channel": settings.name, **_other(settings)}
        case Inbox():
            return {"channel": "inbox"}
        case _:
            assert_never(settings)


def _webhook(webhook: Webhook, currency: str) -> Written:
    headers = {
        name: value if isinstance(value, str) else write_secret(value)
        for name, value in webhook.headers
    }
    return {"url": webhook.url} | differing(
        ("method", str(webhook.method), str(Method.POST)),
        ("format", str(webhook.format), str(Format.JSON)),
        ("headers", headers, {}),
        ("auth", maybe_written(webhook.auth, _auth), None),
        ("secret", write_signing(webhook.secret, webhook.old_secret), None),
        ("fields", _choice(webhook.fields), "all"),
        ("template", webhook.template, None),
        ("timeout_seconds", webhook.timeout_seconds, 15),
        ("retry", _retry(webhook.retry_seconds), "standard"),
        ("answer", _answer(webhook.answer, currency), {}),
    )


def write_signing(secret: Secret | None, old_secret: Secret | None) -> object:
    """Write one, or the new one and the old one that it replaces."""
    if secret is None or old_secret is None:
        return maybe_written(secret, write_secret)
    return [write_secret(secret), write_secret(old_secret)]


def _auth(auth: Auth) -> Written:
    match auth:
        case BearerAuth():
            return {"type": "bearer", "token": write_secret(auth.token)}
        case BasicAuth():
            return {
                "type": "basic",
                "username": write_secret(auth.username),
                "password": write_secret(auth.password),
            }
        case HmacAuth():
            return {
                "type": "hmac",
                "secret": write_secret(auth.secret),
                "header": auth.header,
            }
    return {
        "type": "oauth2",
        "token_url": auth.token_url,
        "client_id": write_secret(auth.client_id),
        "client_secret": write_secret(auth.client_secret),
    } | differing(("scope", auth.scope, None))


def _choice(choice: FieldChoice) -> object:
    if choice.pairs is None:
        return "all"
    if all(theirs == ours for theirs, ours in choice.pairs):
        return [ours for _, ours in choice.pairs]
    return dict(choice.pairs)


def _retry(pauses: tuple[int, ...] | None) -> object:
    if pauses is None:
        return "standard"
    return list(pauses) or "none"


def _answer(answer: AnswerRules, currency: str) -> Written:
    floor = answer.price_min_minor
    return differing(
        ("accept", maybe_written(answer.accept, _rule), None),
        ("refuse", maybe_written(answer.refuse, _rule), None),
        ("price", answer.price, None),
        ("price_min", None if floor is None else format_amount(floor, currency), None),
        ("redirect", answer.redirect, None),
    )


def _rule(rule: AnswerRule) -> Written:
    statuses = [int(status) if status.isdigit() else status for status in rule.status]
    return differing(
        ("status", statuses[0] if len(statuses) == 1 else statuses, []),
        ("path", rule.path, None),
        ("equals", rule.equals, None),
        ("regex", rule.regex, None),
    )


def _email(email: Email) -> Written:
    return {"to": list(email.to)} | differing(
        ("subject", email.subject, None),
        ("text", email.text, None),
        ("html", email.html, None),
        ("fields", _choice(email.fields), "all"),
        ("attach", [str(attachment) for attachment in email.attach], []),
        ("digest", email.digest, None),
        ("timeout_seconds", email.timeout_seconds, 30),
        ("retry", _retry(email.retry_seconds), "standard"),
    )


def _other(settings: Other) -> Written:
    secrets = {key: write_secret(secret) for key, secret in settings.secrets}
    return {**settings.options, **secrets} | differing(
        ("fields", _choice(settings.fields), "all"),
        ("timeout_seconds", settings.timeout_seconds, None),
        ("retry", _retry(settings.retry_seconds), "standard"),
    )

"""Every secret of a configuration: found at its place, sealed, or kept from the version before."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.assignments import Assignment
from headgate.domain.configuration.value import Alerts, Configuration, EmailServers, Imap, Smtp
from headgate.domain.delivery_settings import (
    Auth,
    BasicAuth,
    BearerAuth,
    DeliverySettings,
    HmacAuth,
    OAuth2Auth,
    Other,
    Webhook,
)
from headgate.domain.events import EventWebhook
from headgate.domain.flaws import Flaw
from headgate.domain.partners import Partner
from headgate.domain.secrets import EnvSecret, KeptSecret, PlainSecret, SealedSecret, Secret

MailServer = TypeVar("MailServer", Smtp, Imap)
Owner = TypeVar("Owner", Partner, Assignment)


class Seat(Struct, frozen=True):
    """Where a secret stands: its place in the file, its name through versions, whom it reaches.

    Where nothing is stored under its name, what is stored under its former one may be meant.
    """

    place: str
    identity: tuple[str, ...]
    reaches: tuple[str, ...]
    formerly: tuple[str, ...] = ()

    def inside(self, *names: str) -> "Seat":
        return replace(
            self,
            place=".".join((self.place, *names)),
            identity=(*self.identity, *(name.lower() for name in names)),
        )


Visit = Callable[[Seat, Secret], Secret]


def map_secrets(
    configuration: Configuration, seal: Callable[[PlainSecret], SealedSecret]
) -> Configuration:
    """Return the configuration with every secret in clear sealed."""
    return _visited(
        configuration,
        lambda _, secret: seal(secret) if isinstance(secret, PlainSecret) else secret,
    )


def env_names(configuration: Configuration) -> frozenset[str]:
    """Return the names of the variables that hold secrets of the configuration."""
    secrets = _secrets_of(configuration).values()
    return frozenset(secret.name for _, secret in secrets if isinstance(secret, EnvSecret))


def resolve_kept(
    new: Configuration, current: Configuration | None, flaws: list[Flaw]
) -> Configuration:
    """Return `new` with each kept secret filled in from the same place of `current`.

    A secret that is not there, or that would now reach another host, is a flaw.
    """
    stored = _secrets_of(current) if current else {}

    def resolved(seat: Seat, secret: Secret) -> Secret:
        if not isinstance(secret, KeptSecret):
            return secret
        identity = seat.identity if seat.identity in stored else seat.formerly
        if identity not in stored:
            message = "nothing is stored at this place; give the secret, or {env: NAME}"
            flaws.append(Flaw(seat.place, "nothing_stored", message))
            return secret
        before, kept = stored[identity]
        if before.reaches != seat.reaches:
            hosts = f"{' and '.join(before.reaches)} to {' and '.join(seat.reaches)}"
            message = f"the address changed from {hosts}; give the secret again, or {{env: NAME}}"
            flaws.append(Flaw(seat.place, "host_changed", message))
        return kept

    return _visited(new, resolved)


def with_secrets_of(old: Configuration, current: Configuration) -> Configuration:
    """Return `old` with today's secret wherever the same place still reaches the same host."""
    stored = _secrets_of(current)

    def todays(seat: Seat, secret: Secret) -> Secret:
        before, kept = stored.get(seat.identity, (seat, secret))
        return kept if before.reaches == seat.reaches else secret

    return _visited(old, todays)


def keep_unchanged(
    new: Configuration, current: Configuration, opened: Callable[[SealedSecret], str]
) -> Configuration:
    """Return `new` with each secret in clear that `current` holds already as it is sealed there.

    So the same file applied twice is the same configuration.
    """
    stored = _secrets_of(current)

    def kept(seat: Seat, secret: Secret) -> Secret:
        _, before = stored.get(seat.identity, (seat, secret))
        is_same = (
            isinstance(secret, PlainSecret)
            and isinstance(before, SealedSecret)
            and opened(before) == secret.value
        )
        return before if is_same else secret

    return _visited(new, kept)


def _secrets_of(configuration: Configuration) -> dict[tuple[str, ...], tuple[Seat, Secret]]:
    found: dict[tuple[str, ...], tuple[Seat, Secret]] = {}

    def noted(seat: Seat, secret: Secret) -> Secret:
        found[seat.identity] = (seat, secret)
        return secret

    _visited(configuration, noted)
    return found


def _visited(configuration: Configuration, visit: Visit) -> Configuration:
    email = configuration.email
    partners = tuple(
        _visited_owner(partner, f"partners[{index}].delivery", ("partner", partner.slug), visit)
        for index, partner in enumerate(configuration.partners)
    )
    profiles = tuple(
        replace(
            profile,
            assignments=tuple(
                _visited_owner(
                    assignment,
                    f"profiles[{index}].assignments[{position}].delivery",
                    ("assignment", profile.slug, assignment.slug),
                    visit,
                )
                for position, assignment in enumerate(profile.assignments)
            ),
        )
        for index, profile in enumerate(configuration.profiles)
    )
    return replace(
        configuration,
        email=EmailServers(
            smtp=email.smtp and _visited_mail(email.smtp, "smtp", visit),
            imap=email.imap and _visited_mail(email.imap, "imap", visit),
        ),
        alerts=_visited_alerts(configuration.alerts, visit),
        partners=partners,
        profiles=profiles,
        webhooks=tuple(
            _visited_event_webhook(webhook, f"webhooks[{index}]", visit)
            for index, webhook in enumerate(configuration.webhooks)
        ),
    )


def _visited_alerts(alerts: Alerts, visit: Visit) -> Alerts:
    if alerts.secret is None or alerts.webhook is None:
        return alerts
    seat = Seat("alerts.secret", ("alerts", "secret"), (_origin(alerts.webhook),))
    return replace(alerts, secret=visit(seat, alerts.secret))


def _visited_event_webhook(webhook: EventWebhook, place: str, visit: Visit) -> EventWebhook:
    seat = Seat(place, ("event webhook", webhook.slug), (_origin(webhook.url),))
    return replace(
        webhook,
        secret=visit(seat.inside("secret"), webhook.secret),
        old_secret=webhook.old_secret and visit(_of_old_secret(seat), webhook.old_secret),
    )


def _visited_mail(server: MailServer, kind: str, visit: Visit) -> MailServer:
    if server.password is None:
        return server
    seat = Seat(f"email.{kind}.password", ("email", kind, "password"), (server.host.lower(),))
    return replace(server, password=visit(seat, server.password))


def _visited_owner(owner: Owner, place: str, identity: tuple[str, ...], visit: Visit) -> Owner:
    if owner.delivery is None:
        return owner
    # The first keeps its name when fall-backs join it, and so its stored secrets.
    first = f"{place}[0]" if owner.fallbacks else place
    return replace(
        owner,
        delivery=_visited_delivery(owner.delivery, first, identity, visit),
        fallbacks=tuple(
            _visited_delivery(each, f"{place}[{n}]", (*identity, f"fall-back {n}"), visit)
            for n, each in enumerate(owner.fallbacks, 1)
        ),
    )


def _visited_delivery(
    settings: DeliverySettings, place: str, identity: tuple[str, ...], visit: Visit
) -> DeliverySettings:
    if isinstance(settings, Other):
        return _visited_other(settings, Seat(place, identity, _reached(settings)), visit)
    if not isinstance(settings, Webhook):
        return settings
    seat = Seat(place, identity, (_origin(settings.url),))
    headers = tuple(
        (name, value if isinstance(value, str) else visit(seat.inside("headers", name), value))
        for name, value in settings.headers
    )
    return replace(
        settings,
        headers=headers,
        auth=settings.auth and _visited_auth(settings.auth, seat.inside("auth"), visit),
        secret=settings.secret and visit(seat.inside("secret"), settings.secret),
        old_secret=settings.old_secret and visit(_of_old_secret(seat), settings.old_secret),
    )


def _of_old_secret(seat: Seat) -> Seat:
    """What is kept as the old secret was the only one, until another took its place."""
    found = seat.inside("secret[1]")
    return replace(found, formerly=seat.inside("secret").identity)


def _visited_other(settings: Other, seat: Seat, visit: Visit) -> Other:
    secrets = tuple((key, visit(seat.inside(key), secret)) for key, secret in settings.secrets)
    return replace(settings, secrets=secrets)


def _reached(settings: Other) -> tuple[str, ...]:
    hosts = (settings.options.get(key) for key in settings.hosts)
    return (settings.name, *(str(host) for host in hosts if host is not None))


def _visited_auth(auth: Auth, seat: Seat, visit: Visit) -> Auth:
    def seen(key: str, secret: Secret) -> Secret:
        return visit(seat.inside(key), secret)

    match auth:
        case BearerAuth():
            return BearerAuth(seen("token", auth.token))
        case BasicAuth():
            return BasicAuth(seen("username", auth.username), seen("password", auth.password))
        case HmacAuth():
            return replace(auth, secret=seen("secret", auth.secret))
    return _visited_oauth2(auth, seat, visit)


def _visited_oauth2(auth: OAuth2Auth, seat: Seat, visit: Visit) -> OAuth2Auth:
    # The token that the secret buys goes to the delivery's own host.
    seat = replace(seat, reaches=(_origin(auth.token_url), *seat.reaches))
    return replace(
        auth,
        client_id=visit(seat.inside("client_id"), auth.client_id),
        client_secret=visit(seat.inside("client_secret"), auth.client_secret),
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    return f"{parts.scheme.lower()}://{parts.hostname}:{port}"

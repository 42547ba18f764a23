"""Settings, read once from the environment."""

import ipaddress
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# How long a statement waits for a lock before it fails, and is tried again or answered 503.
LOCK_SECONDS = 20


class BadSetting(ValueError):
    """An environment variable is wrong; the message says which, and what is allowed."""


def read(name: str, default: str = "") -> str:
    """Return `HEADGATE_<name>`, or the contents of the file that `HEADGATE_<name>_FILE` names."""
    path = os.environ.get(f"HEADGATE_{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(
                f"HEADGATE_{name}_FILE names {path}, which cannot be read: {error.strerror}"
            ) from error
    return os.environ.get(f"HEADGATE_{name}") or default


def database_from(url: str) -> dict[str, Any]:
    """Return Django's database settings for a `sqlite:///` or `postgresql://` address.

    What follows `sqlite:///` is the path as it stands: four slashes make an absolute one.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(Path(unquote(parts.path.removeprefix("/"))).absolute()),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": LOCK_SECONDS,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON"
                ),
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        options = _postgresql_options(parts.query)
        host = options.pop("host", "") or parts.hostname or ""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
        }
    raise BadSetting(
        f"HEADGATE_DATABASE_URL begins with {parts.scheme!r}; "
        "it must be sqlite:///path/to/file or postgresql://user:password@host/name"
    )


def _postgresql_options(query: str) -> dict[str, str]:
    """Return the driver's options: the address' own, and limits where it names none.

    A lock is waited for as long as SQLite waits for one. A server that vanished from the network
    is noticed within about half a minute, where TCP alone would wait for hours.
    """
    given = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
    return {
        "options": f"-c lock_timeout={LOCK_SECONDS}s",
        "connect_timeout": "10",
        "tcp_user_timeout": "30000",
        "keepalives_idle": "15",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        **{key: unquote(value) for key, value in given.items()},
    }


def networks_from(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Return the CIDRs of a comma-separated setting."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in read(name).split(",") if part)
    except ValueError as error:
        raise BadSetting(f"HEADGATE_{name}: {error}; expected CIDRs such as 10.0.0.0/8") from error


DATA_DIR = Path(read("DATA_DIR", "headgate-data")).absolute()
DATABASE_URL = read("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'headgate.sqlite3'}"
BASE_URL = read("BASE_URL").rstrip("/")
ALLOW_PRIVATE_NETWORKS = networks_from("ALLOW_PRIVATE_NETWORKS")
TRUSTED_PROXIES = networks_from("TRUSTED_PROXIES")
METRICS_TOKEN = read("METRICS_TOKEN")

# The installation key. When it is unset, `services.installation` makes one for a new database.
SECRET_KEY_FILE = DATA_DIR / "secret.key"
_given_key = read("SECRET_KEY")
if not _given_key and SECRET_KEY_FILE.exists():
    _given_key = SECRET_KEY_FILE.read_text(encoding="utf-8").strip()
INSTALLATION_KEY = _given_key

# Django's own settings follow.
SECRET_KEY = INSTALLATION_KEY or "no installation key yet: sessions are refused until there is one"
DEBUG = False
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "*"] if BASE_URL else ["*"]
INSTALLED_APPS = [
    "headgate.storage.apps.Storage",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "headgate.web",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
ROOT_URLCONF = "headgate.web.urls"
APPEND_SLASH = False
MIDDLEWARE = [
    "headgate.web.policy.declare_policy",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "headgate.web.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
# The version in the address lets browsers keep a file until the next release.
STATIC_URL = f"/static/{version('headgate')}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 86_400
_is_https = BASE_URL.startswith("https://")
SESSION_COOKIE_NAME = "headgate_session"
SESSION_COOKIE_SECURE = _is_https
CSRF_COOKIE_NAME = "headgate_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = _is_https
CSRF_FAILURE_VIEW = "headgate.web.refusals.show_csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 86_400
AUTH_USER_MODEL = "storage.User"
DATABASES = {"default": {**database_from(DATABASE_URL), "CONN_MAX_AGE": None}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Sign-in is allauth's; `web.authentication` fits it into the house.
ACCOUNT_ADAPTER = "headgate.web.authentication.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_ADAPTER = "headgate.web.authentication.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Headgate"
# A code typed as it changes is still good, and so is a telephone half a minute off.
MFA_TOTP_TOLERANCE = 1
LOGGING_CONFIG = None

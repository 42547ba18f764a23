"""A form: a hosted page that takes leads for one source."""

from msgspec import Struct


class Consent(Struct, frozen=True, omit_defaults=True):
    text: str
    required: bool = True


class Protection(Struct, frozen=True, omit_defaults=True):
    honeypot: bool = True
    min_seconds: int = 2
    proof_of_work: bool = False


class Form(Struct, frozen=True, omit_defaults=True):
    slug: str
    entity: str
    source: str
    title: str
    fields: tuple[str, ...] = ()
    consent: Consent | None = None
    thank_you: str = "Thank you."
    redirect: str | None = None
    origins: tuple[str, ...] = ()
    protection: Protection = Protection()

"""A form: a hosted page that takes leads for one source."""

from enum import StrEnum

from msgspec import Struct

TO_PARTNER = "partner"  # as `redirect`: to wherever the accepting partner's answer says


class Consent(Struct, frozen=True, omit_defaults=True):
    text: str
    required: bool = True


class Protection(Struct, frozen=True, omit_defaults=True):
    honeypot: bool = True
    min_seconds: int = 2
    proof_of_work: bool = False


class Question(Struct, frozen=True, omit_defaults=True):
    """How a form asks for a field where it does not ask as the entity says.

    A `hidden` one is not shown. Its value is fixed, or comes from a parameter of the page's
    address: the one named `param`, else the one named like the field.
    """

    label: str | None = None
    help: str | None = None
    required: bool = False
    hidden: bool = False
    value: str | None = None
    param: str | None = None


class Form(Struct, frozen=True, omit_defaults=True):
    """`fields` are keys in the order of the page; `questions` has those asked differently."""

    slug: str
    entity: str
    source: str
    title: str
    fields: tuple[str, ...] = ()
    questions: dict[str, Question] = {}
    consent: Consent | None = None
    thank_you: str = "Thank you."
    redirect: str | None = None
    origins: tuple[str, ...] = ()
    protection: Protection = Protection()

    def question(self, key: str) -> Question:
        return self.questions.get(key, _AS_THE_ENTITY_SAYS)

    def parameter(self, key: str) -> str | None:
        """Return the parameter of the page's address that fills the field, if one does."""
        question = self.question(key)
        if question.hidden and question.value is None:
            return question.param or key
        return question.param


_AS_THE_ENTITY_SAYS = Question()


class Suspicion(StrEnum):
    """Why a lead looks as if no person had filled in the form; it is stored, and held back."""

    HONEYPOT = "honeypot"  # the field that people do not see has a value
    NO_TOKEN = "no_token"  # it did not come from a page that was shown  # noqa: S105
    TOO_FAST = "too_fast"  # it was sent sooner than anybody can type
    NO_PROOF = "no_proof"  # no work was proven


def suspicion(
    protection: Protection, *, is_baited: bool, seconds_shown: float | None, is_proven: bool
) -> Suspicion | None:
    """Return the first reason; `seconds_shown` is None for what came from no shown page.

    Whoever lets people be as quick as they can takes posts from pages of their own as well.
    """
    if protection.honeypot and is_baited:
        return Suspicion.HONEYPOT
    if protection.min_seconds and seconds_shown is None:
        return Suspicion.NO_TOKEN
    if seconds_shown is not None and seconds_shown < protection.min_seconds:
        return Suspicion.TOO_FAST
    if protection.proof_of_work and not is_proven:
        return Suspicion.NO_PROOF
    return None

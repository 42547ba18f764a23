"""What an account still needs before its first lead is sold."""

from enum import StrEnum

from msgspec import Struct

from headgate.domain.delivery_settings import Email
from headgate.domain.ids import AccountId
from headgate.services import setups
from headgate.storage import lists


class FirstStep(StrEnum):
    """In the order in which they are taken."""

    ENTITY = "entity"  # what a lead is
    PARTNER = "partner"  # somebody who takes leads, and how
    PROFILE = "profile"  # who gets which leads, switched on
    MAIL = "mail"  # only where somebody is delivered to by mail
    LEAD = "lead"  # one was delivered, a test lead counts


class StepStanding(Struct, frozen=True):
    step: FirstStep
    done: bool


def find_first_steps(*, account_id: AccountId) -> list[StepStanding]:
    """Return the steps that this account needs, and which are done."""
    said = setups.in_force(account_id).configuration
    seats = [seat for profile in said.profiles for seat in profile.assignments]
    ways = [each for partner in said.partners for each in partner.all_settings]
    ways += [each for seat in seats for each in seat.all_settings]
    done = {
        FirstStep.ENTITY: any(entity.fields for entity in said.entities),
        FirstStep.PARTNER: bool(said.partners) and bool(ways),
        FirstStep.PROFILE: any(p.enabled and p.assignments for p in said.profiles),
        FirstStep.MAIL: said.email.smtp is not None,
        FirstStep.LEAD: lists.has_delivered(account_id),
    }
    if not any(isinstance(settings, Email) for settings in ways):
        del done[FirstStep.MAIL]
    return [StepStanding(step, is_done) for step, is_done in done.items()]

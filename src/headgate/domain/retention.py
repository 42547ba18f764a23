"""How long an account keeps what it was sent, and what it sent."""

from msgspec import Struct

TEST_LEADS_DAYS = 7


class Retention(Struct, frozen=True, omit_defaults=True):
    """Days after a lead came, or a delivery was made; None keeps it until somebody erases it.

    Of leads and duplicates the personal data goes, and what was counted stays; test leads go
    whole. `attempt_bodies` are requests and answers.
    """

    leads_days: int | None = None
    duplicates_days: int | None = None
    attempt_bodies_days: int | None = None
    test_leads_days: int = TEST_LEADS_DAYS

"""Tables of deliveries and of what deciding them needs: caps, turns, halted channels."""

from django.db import models
from django.db.models import Q


class Delivery(models.Model):
    """One lead on its way to one partner. This table is the work queue.

    `due_at` is when somebody has to look at it: the next try, or, while it is being sent, the
    end of the lease; a delivered one that is due is sent again. `lease` is the fencing token:
    whoever writes an outcome must name it. While it is parked, nobody looks at it.
    `places` is the JSON of `[counter, amount, used after, limit]` for each cap; `holds_place`
    tells whether they still count. `body` keeps the bytes for the retries, sealed where they
    hold encrypted fields. `attempts_forgiven` were made before a person had it tried afresh;
    they do not count for the schedule, nor do those made before it fell back. `fallback` says
    which fall-back of its delivery settings it is at, from 1; null is the first settings.
    What has the same `digest_key` waits for one digest; `letter_id` names the letter that it
    went into, and is the same on every try of that letter.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(
        "Account", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    lead = models.ForeignKey("Lead", on_delete=models.PROTECT, db_index=False)
    profile = models.ForeignKey(
        "Profile", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    assignment = models.ForeignKey(
        "Assignment", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    partner = models.ForeignKey(
        "Partner", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    channel = models.CharField(max_length=30)
    fallback = models.IntegerField(null=True)
    state = models.CharField(max_length=10)
    test = models.BooleanField()
    exclusive = models.BooleanField()
    config_version = models.IntegerField()
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    price_ignored = models.BooleanField(default=False)
    placed_at = models.DateTimeField()
    holds_place = models.BooleanField()
    places = models.TextField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    give_up_at = models.DateTimeField()
    lease = models.IntegerField()
    timeout_seconds = models.IntegerField()
    attempts = models.IntegerField(default=0)
    attempts_forgiven = models.IntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True)
    ambiguous = models.BooleanField(default=False)
    body = models.BinaryField(null=True)
    body_sealed = models.BooleanField(default=False)
    error = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    digest_key = models.UUIDField(null=True)
    letter_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "partner"], name="a_partner_gets_a_lead_at_most_once"
            ),
            models.CheckConstraint(
                condition=Q(holds_place=False)
                | Q(state__in=["pending", "sending", "unknown", "delivered", "returned"]),
                name="only_live_deliveries_hold_a_place",
            ),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="no_negative_price"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="deliveries_due",
                condition=Q(due_at__isnull=False, parked_at__isnull=True),
            ),
            models.Index(
                fields=["due_at"],
                name="digests_due",
                condition=Q(due_at__isnull=False, parked_at__isnull=True, digest_key__isnull=False),
            ),
            models.Index(
                fields=["digest_key"],
                name="deliveries_of_digest",
                condition=Q(due_at__isnull=False, digest_key__isnull=False),
            ),
            models.Index(
                fields=["account"],
                name="deliveries_parked",
                condition=Q(parked_at__isnull=False),
            ),
            models.Index(fields=["account", "id"], name="deliveries_of_account"),
            # The states that most deliveries are in stay out, as in those of leads.
            models.Index(
                fields=["account", "state", "id"],
                name="deliveries_by_state",
                condition=~Q(state="pending") & ~Q(state="sending") & ~Q(state="delivered"),
            ),
            models.Index(fields=["partner", "id"], name="deliveries_of_partner"),
            models.Index(fields=["partner", "placed_at"], name="places_of_partner"),
            models.Index(fields=["profile", "placed_at"], name="places_of_profile"),
        ]


class Attempt(models.Model):
    """One try: through which channel, what was sent (secrets masked), what came back."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, db_index=False)
    n = models.IntegerField()
    channel = models.CharField(max_length=30, null=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    status = models.IntegerField(null=True)
    ms = models.IntegerField(null=True)
    error = models.TextField(null=True)
    request = models.TextField(null=True)
    answer = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "n"], name="attempts_are_numbered")
        ]


class CapCounter(models.Model):
    """How much of one cap is used in one window. The database gives out the last place.

    A prepaid balance is such a cap, of what the partner owes, which may not exceed zero: what it
    paid ahead takes `used` below.
    """

    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    scope = models.CharField(max_length=10)
    owner_id = models.BigIntegerField()
    per = models.CharField(max_length=5)
    unit = models.CharField(max_length=5)
    window_start = models.DateTimeField()
    window_end = models.DateTimeField(null=True)
    used = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "owner_id", "per", "unit", "window_start"],
                name="one_counter_per_cap_and_window",
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0) | Q(scope="balance"), name="used_is_never_negative"
            ),
        ]
        indexes = [models.Index(fields=["account", "window_end"], name="counters_in_force")]


class Turn(models.Model):
    """A profile's standing between leads, as JSON."""

    profile = models.OneToOneField("Profile", on_delete=models.PROTECT, primary_key=True)
    standing = models.TextField()


class PausedMail(models.Model):
    """An account whose mail server refuses its login; `server_digest` tells which server."""

    account = models.OneToOneField("Account", on_delete=models.PROTECT, primary_key=True)
    server_digest = models.CharField(max_length=32)
    paused_at = models.DateTimeField()
    probe_at = models.DateTimeField()
    reason = models.TextField()


class HaltedChannel(models.Model):
    """Delivery settings that get no more leads until they change or a person enables them."""

    account = models.ForeignKey("Account", on_delete=models.PROTECT)
    partner = models.ForeignKey("Partner", on_delete=models.PROTECT)
    settings_digest = models.CharField(max_length=32)
    halted_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "settings_digest"], name="one_halt_per_settings"
            )
        ]

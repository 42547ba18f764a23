"""Tables of tallies: what became of the leads of one hour, counted from their rows."""

from django.db import models


class StaleHour(models.Model):
    """An hour of UTC in which a lead came whose row changed since the hour was counted.

    `taken_at` is set while somebody counts it; a lead that changes meanwhile clears it again.
    """

    account = models.ForeignKey("storage.Account", on_delete=models.PROTECT, db_constraint=False)
    hour = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "hour"], name="an_hour_is_stale_once")
        ]


class Tally(models.Model):
    """What every tally has: whose it is, and the hour of the account's clock that it counts."""

    account = models.ForeignKey(
        "storage.Account", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    start = models.DateTimeField()
    source = models.ForeignKey(
        "storage.Source", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


class LeadTally(Tally):
    """Leads of one source by their states; `matched` had a delivery, `sold` a delivered one."""

    received = models.IntegerField()
    accepted = models.IntegerField()
    matched = models.IntegerField()
    sold = models.IntegerField()
    duplicate = models.IntegerField()
    quarantined = models.IntegerField()
    held = models.IntegerField()
    waiting = models.IntegerField()
    unmatched = models.IntegerField()
    undelivered = models.IntegerField()
    cost_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "start", "source"], name="one_tally_of_leads"
            )
        ]


class DeliveryTally(Tally):
    """Deliveries of those leads; `revenue_minor` is what was charged and not credited.

    `feedback` to `bad_contact` count what their partners said of them last, `sale_minor` is what
    those sold for.
    """

    profile = models.ForeignKey(
        "storage.Profile", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    partner = models.ForeignKey(
        "storage.Partner", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    made = models.IntegerField()
    open = models.IntegerField()
    delivered = models.IntegerField()
    rejected = models.IntegerField()
    failed = models.IntegerField()
    unknown = models.IntegerField()
    returned = models.IntegerField()
    revenue_minor = models.BigIntegerField()
    feedback = models.IntegerField(default=0)
    contacted = models.IntegerField(default=0)
    converted = models.IntegerField(default=0)
    bad_contact = models.IntegerField(default=0)
    sale_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "start", "source", "profile", "partner"],
                name="one_tally_of_deliveries",
            )
        ]

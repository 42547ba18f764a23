"""Tables of feedback: what partners say became of the leads that they got."""

from django.db import models
from django.db.models import Q


class Disposition(models.Model):
    """What a partner said of one delivery at one time; a later one is a row of its own.

    `note` is in own words, and goes when the lead is erased. `value_minor` is what the partner
    sold for, its own figure, in the delivery's currency. `reference` is the partner's own name
    of what it said, by which it is recognised when it is said again.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(
        "Account", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    partner = models.ForeignKey(
        "Partner", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    delivery = models.ForeignKey("Delivery", on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=16)
    note = models.CharField(max_length=500, null=True)
    value_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=255, null=True)
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=300)
    is_latest = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"],
                name="one_latest_disposition_per_delivery",
                condition=Q(is_latest=True),
            ),
            models.UniqueConstraint(
                fields=["delivery", "reference"],
                name="one_disposition_per_reference",
                condition=Q(reference__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(value_minor__isnull=True) | Q(value_minor__gte=0, kind="sold"),
                name="only_sales_have_a_value",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="dispositions_of_account"),
            models.Index(fields=["delivery", "id"], name="dispositions_of_delivery"),
            models.Index(
                fields=["account", "kind", "delivery"],
                name="latest_dispositions",
                condition=Q(is_latest=True),
            ),
        ]

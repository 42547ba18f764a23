"""Tables of money: the ledger, which is only ever added to, and what partners ask to return."""

from django.db import models
from django.db.models import Q


class LedgerEntry(models.Model):
    """Only ever added to: the database refuses to change or remove a row.

    Charges and credits are of a delivery and never negative. Adjustments and top-ups are
    written by a person, with a `reason`; an adjustment below zero is against the partner. A
    `reference` is of one top-up alone, such as the number of a payment.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(
        "Account", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    partner = models.ForeignKey(
        "Partner", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    delivery = models.ForeignKey("Delivery", null=True, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, null=True)
    reference = models.CharField(max_length=200, null=True)
    made_by = models.CharField(max_length=254, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], name="one_charge_per_delivery", condition=Q(kind="charge")
            ),
            models.UniqueConstraint(
                fields=["delivery"], name="one_credit_per_delivery", condition=Q(kind="credit")
            ),
            models.UniqueConstraint(
                fields=["account", "reference"],
                name="one_entry_per_reference",
                condition=Q(reference__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="ledger_of_account"),
            models.Index(fields=["partner", "id"], name="ledger_of_partner"),
        ]


class ReturnRequest(models.Model):
    """A partner's wish to give a lead back, or a return that was granted without one.

    `remark` is the partner's own text, and goes when the lead is erased.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(
        "Account", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    partner = models.ForeignKey(
        "Partner", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    delivery = models.ForeignKey("Delivery", on_delete=models.PROTECT, db_index=False)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=200)
    remark = models.CharField(max_length=500, null=True)
    wants_replacement = models.BooleanField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=254)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=254, null=True)
    note = models.CharField(max_length=500, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery"], name="a_delivery_is_asked_back_once"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True)
                | Q(state__in=["granted", "refused"], decided_at__isnull=False),
                name="decided_returns_say_when",
            ),
        ]
        indexes = [models.Index(fields=["account", "state", "id"], name="returns_of_account")]

"""Tables of money: the ledger, which is only ever added to."""

from django.db import models
from django.db.models import Q


class LedgerEntry(models.Model):
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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], name="one_charge_per_delivery", condition=Q(kind="charge")
            ),
            models.UniqueConstraint(
                fields=["delivery"], name="one_credit_per_delivery", condition=Q(kind="credit")
            ),
        ]
        indexes = [models.Index(fields=["account", "id"], name="ledger_of_account")]

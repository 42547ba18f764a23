"""The table of changes that people made."""

from django.db import models


class AuditEntry(models.Model):
    """Only ever added to: the database refuses to change or remove a row.

    `digest` is about this row and the digest of the row before, under a key that the database
    does not hold.
    """

    account = models.ForeignKey("storage.Account", on_delete=models.PROTECT)
    number = models.IntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=254)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=254)
    before = models.TextField(null=True)
    after = models.TextField(null=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="audit_in_one_order")
        ]

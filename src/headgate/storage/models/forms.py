"""Tables of what hosted forms must remember beside the leads that they took."""

from django.db import models


class SpentToken(models.Model):
    """A form's token that made a lead; it makes no other one until it is void anyway.

    It outlives the lead's own row and its idempotency key, and says nothing about anybody.
    """

    token = models.UUIDField(primary_key=True)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    void_at = models.DateTimeField(db_index=True)

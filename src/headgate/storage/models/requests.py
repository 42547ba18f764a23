"""The table of requests that brought no lead, so that a source can be told why."""

from django.db import models


class RefusedRequest(models.Model):
    """`sealed` holds what was answered, which may repeat what was sent; a few a source are kept."""

    account = models.ForeignKey("Account", on_delete=models.PROTECT)
    source = models.ForeignKey("Source", on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()
    status = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["source", "id"], name="refused_by_source")]

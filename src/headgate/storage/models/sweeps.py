"""The table of sweeps: one act on many leads, and how far each has come."""

from django.db import models


class Sweep(models.Model):
    """`lead_ids` are the bytes of the ids, one after the other; `cursor` is how many were taken,
    and moves in their own transaction.

    `act` is what is done to each, `to` the status or the member that it is done with. `reasons`
    is the JSON of why leads were left out, as far as there is room; it names no person.
    """

    account = models.ForeignKey("Account", on_delete=models.PROTECT)
    act = models.CharField(max_length=12)
    to = models.CharField(max_length=254, null=True)
    lead_ids = models.BinaryField()
    cursor = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    left_out = models.IntegerField(default=0)
    reasons = models.TextField(default="[]")
    state = models.CharField(max_length=10)
    made_by = models.CharField(max_length=254)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="sweeps_running", condition=models.Q(state="running")),
        ]

"""Tables of what an account's webhooks are told, and of those webhooks that fail."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """Something that happened, on its way to one webhook; `id` is what the receiver knows it by.

    The body is written once and sent as it stands on every try. `due_at` is when somebody has
    to look at it: the next try, or the end of the `lease` of whoever is sending it; null once it
    has ended. An erased lead's events go with it, so `lead_id` refers to what may be gone.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(
        "Account", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    webhook = models.CharField(max_length=100)
    type = models.CharField(max_length=30)
    lead_id = models.UUIDField(null=True)
    body = models.TextField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10)
    due_at = models.DateTimeField(null=True)
    lease = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    attempts_forgiven = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    error = models.CharField(max_length=300, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "webhook", "id"], name="events_of_webhook"),
            models.Index(
                fields=["account", "webhook", "due_at"],
                name="events_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["lead_id"], name="events_of_lead", condition=Q(lead_id__isnull=False)
            ),
        ]


class FailingWebhook(models.Model):
    """A webhook that has not taken anything for a while; of healthy ones there is no row.

    While `halted_at` is set nothing is sent to it. Another address is another webhook, which
    `url_digest` tells apart.
    """

    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    webhook = models.CharField(max_length=100)
    url_digest = models.CharField(max_length=32)
    failing_since = models.DateTimeField()
    halted_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "webhook"], name="one_row_per_webhook")
        ]

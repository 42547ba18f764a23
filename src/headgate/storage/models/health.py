"""Tables of what is wrong: failing delivery settings, and what somebody should look at."""

from django.db import models
from django.db.models import Q


class FailingChannel(models.Model):
    """Delivery settings whose other side fails; of healthy ones there is no row.

    While `opened_at` is set they get no leads, and `probe_at` is when one may look at them.
    """

    account = models.ForeignKey("Account", on_delete=models.PROTECT)
    partner = models.ForeignKey("Partner", on_delete=models.PROTECT, db_index=False)
    settings_digest = models.CharField(max_length=32)
    failing_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True)
    pause_seconds = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "settings_digest"], name="one_health_per_settings"
            )
        ]


class Alert(models.Model):
    """Something that somebody should look at, from its beginning to its end.

    `subject` tells alerts of one kind apart. `tell_at` is when to try to tell people of it;
    null once they were told, or once it ended before.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "subject"],
                name="one_open_alert_of_a_kind",
                condition=Q(ended_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="alerts_of_account"),
            models.Index(
                fields=["tell_at"], name="alerts_to_tell", condition=Q(tell_at__isnull=False)
            ),
        ]

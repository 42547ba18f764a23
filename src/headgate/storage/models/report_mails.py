"""Tables of reports that go out by mail."""

from django.db import models


class ReportMail(models.Model):
    """When one of an account's scheduled reports goes out next; `digest` says which.

    `due_at` is the moment that the next one is for, `try_at` when to try to send it: later than
    that once it was tried. `error` is why the last try reached nobody.
    """

    account = models.ForeignKey("storage.Account", on_delete=models.PROTECT, db_index=False)
    digest = models.CharField(max_length=32)
    due_at = models.DateTimeField()
    try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="one_mail_per_report")
        ]

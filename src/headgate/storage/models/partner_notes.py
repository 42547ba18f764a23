"""The table of what staff noted about partners."""

from django.db import models


class PartnerNote(models.Model):
    """A note of one person about a partner, a company: it is no place for data of leads."""

    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    partner = models.ForeignKey("Partner", on_delete=models.PROTECT)
    text = models.TextField()
    written_by = models.CharField(max_length=254)
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

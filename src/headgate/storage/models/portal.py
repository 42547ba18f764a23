"""The table of those who sign in to the partner portal; no console session is ever theirs."""

from django.db import models


class PortalUser(models.Model):
    """A person of one partner of one account; the row goes when the access is taken away.

    `password` is NULL until they joined. `digest` is of the token of the one link that stands,
    to join or to set a new password, and NULL once it is used.
    """

    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    partner = models.ForeignKey("Partner", on_delete=models.PROTECT)
    email = models.EmailField(db_index=True)
    password = models.CharField(max_length=128, null=True)
    digest = models.CharField(max_length=64, null=True, unique=True)
    link_expires_at = models.DateTimeField(null=True)
    invited_by = models.CharField(max_length=254)
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "partner", "email"], name="one_portal_access"
            )
        ]

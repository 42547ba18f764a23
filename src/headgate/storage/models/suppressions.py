"""Tables of suppression lists: who must not be offered, to anybody or to one partner."""

from django.db import models


class SuppressionList(models.Model):
    """A list without a partner is the whole account's; `run` numbers what rewrites it."""

    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    partner = models.ForeignKey("Partner", null=True, on_delete=models.PROTECT, db_index=False)
    slug = models.CharField(max_length=63)
    name = models.CharField(max_length=200)
    run = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "slug"], name="suppression_list_slug")
        ]


class Suppression(models.Model):
    """One value: what finds it, a digest under the account's own key, and its hash, sealed.

    `run` is the last one that had it; a run that replaces the list removes what it did not have.
    """

    of = models.ForeignKey(SuppressionList, on_delete=models.CASCADE, db_index=False)
    digest = models.BinaryField(max_length=16)
    sealed = models.BinaryField()
    run = models.IntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "of"], name="a_value_is_listed_once")
        ]
        indexes = [models.Index(fields=["of", "id"], name="suppressions_of_list")]

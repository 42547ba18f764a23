"""Tables of leads and of the keys by which the same person is recognised.

Set-up rows are archived, never deleted, so the references to them carry no database
constraint: checking six of them on every lead costs more than the insert itself.
"""

from django.db import models


class Lead(models.Model):
    """`fields` is the JSON of the clean values in clear; `sealed` that of the encrypted ones.

    An `accepted` lead counts for its source's caps. `rounds` is the JSON of the recorded
    decisions, `history` that of what people and later duplicates changed, notes included; its
    length is the lead's revision. The idempotency key lives here, so that it is bound exactly
    when the lead is stored.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_constraint=False)
    entity = models.ForeignKey(
        "Entity", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    source = models.ForeignKey(
        "Source", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=12)
    status = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    fields = models.TextField()
    sealed = models.BinaryField(null=True)
    extra = models.TextField(null=True)
    consent = models.TextField(null=True)
    note = models.TextField(null=True)
    test = models.BooleanField()
    accepted = models.BooleanField()
    external_id = models.CharField(max_length=255, null=True)
    duplicate_of = models.UUIDField(null=True)
    reason = models.CharField(max_length=100, null=True)
    idempotency_key = models.CharField(max_length=255, null=True)
    idempotency_digest = models.BinaryField(null=True)
    rounds = models.TextField()
    history = models.TextField(null=True)
    waiting_since = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)
    redirect_url = models.TextField(null=True)
    erased_at = models.DateTimeField(null=True)
    import_id = models.BigIntegerField(null=True)
    import_row = models.IntegerField(null=True)
    assignee = models.ForeignKey(
        "User", null=True, on_delete=models.SET_NULL, db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "idempotency_key"],
                name="one_lead_per_idempotency_key",
                condition=models.Q(idempotency_key__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["import_id", "import_row"],
                name="one_lead_per_imported_row",
                condition=models.Q(import_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="leads_of_account"),
            models.Index(fields=["source", "received_at"], name="leads_of_source"),
            # The states that most leads are in stay out: they are found without, and cost most.
            models.Index(
                fields=["account", "state", "id"],
                name="leads_by_state",
                condition=~models.Q(state="received")
                & ~models.Q(state="in_delivery")
                & ~models.Q(state="delivered"),
            ),
            models.Index(
                fields=["account", "look_at"],
                name="leads_waiting",
                condition=models.Q(look_at__isnull=False),
            ),
            models.Index(
                fields=["received_at"], name="leads_of_tests", condition=models.Q(test=True)
            ),
            models.Index(
                fields=["account", "external_id"],
                name="leads_by_external_id",
                condition=models.Q(external_id__isnull=False),
            ),
            models.Index(
                fields=["assignee", "id"],
                name="leads_of_assignee",
                condition=models.Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["duplicate_of"],
                name="leads_repeating",
                condition=models.Q(duplicate_of__isnull=False),
            ),
        ]


class MatchKey(models.Model):
    """A keyed digest of one normalised match value of a lead that may be an earlier lead."""

    entity = models.ForeignKey(
        "Entity", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    digest = models.BinaryField(max_length=16)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entity", "digest", "received_at"], name="match_keys")]


class Erasure(models.Model):
    """A lead whose personal data was erased: what a restored backup has to erase again.

    It refers to no row, for a backup may lack the lead, and it outlives the lead's own row.
    """

    lead_id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    erased_at = models.DateTimeField(db_index=True)

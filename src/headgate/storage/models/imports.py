"""Tables of CSV imports, and of their rows that could not become leads."""

from django.db import models


class Import(models.Model):
    """`mapping` and `header` are JSON. `cursor` is the last row that was dealt with;
    it moves in its leads' own transaction.

    `fingerprint` is of the file, the entity and the mapping: what makes two imports the same.
    """

    account = models.ForeignKey("Account", on_delete=models.PROTECT)
    entity = models.ForeignKey("Entity", on_delete=models.PROTECT, db_index=False)
    source = models.ForeignKey("Source", on_delete=models.PROTECT, db_index=False)
    fingerprint = models.CharField(max_length=64)
    run = models.IntegerField()
    name = models.CharField(max_length=255)
    mapping = models.TextField()
    header = models.TextField()
    delimiter = models.CharField(max_length=1)
    on_duplicate = models.CharField(max_length=10, null=True)
    distribute = models.BooleanField()
    state = models.CharField(max_length=10)
    rows = models.IntegerField()
    cursor = models.IntegerField()
    stored = models.IntegerField()
    duplicates = models.IntegerField()
    quarantined = models.IntegerField()
    failed = models.IntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint", "run"], name="one_import_a_run"
            )
        ]


class ImportFailure(models.Model):
    """A row that is no lead: `sealed` holds why, and the row as it came, which may say anything."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False)
    row = models.IntegerField()
    line = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "row"], name="a_row_fails_once")]

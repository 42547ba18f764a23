"""Tables of imports, of the files they come from, and of their rows that are no leads."""

from django.db import models


class Upload(models.Model):
    """A file that somebody uploaded, in sealed pieces, until `keep_until`; None while it is used.

    `flaw` says why it cannot be read so; then it has no header and no rows.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("Account", on_delete=models.PROTECT)
    entity = models.ForeignKey("Entity", on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    encoding = models.CharField(max_length=40)
    delimiter = models.CharField(max_length=1)
    header = models.TextField()
    rows = models.IntegerField()
    flaw = models.TextField(null=True)
    uploaded_at = models.DateTimeField()
    keep_until = models.DateTimeField(null=True)


class UploadPiece(models.Model):
    of = models.ForeignKey(Upload, on_delete=models.CASCADE, db_index=False)
    number = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="a_piece_once")]


class ColumnMapping(models.Model):
    """What the columns of such a header meant the last time; `columns` is its digest."""

    account = models.ForeignKey("Account", on_delete=models.PROTECT)
    entity = models.ForeignKey("Entity", on_delete=models.PROTECT, db_index=False)
    columns = models.CharField(max_length=64)
    mapping = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "columns"], name="one_mapping_a_header")
        ]


class Import(models.Model):
    """`mapping` and `header` are JSON. `cursor` is the last row that was dealt with;
    it moves in its leads' own transaction.

    `fingerprint` is of the file, the entity and the mapping: what makes two imports the same.
    One with an `upload`, or that is being undone, is work for the processes that serve; whoever
    is at it has claimed it until `claimed_until`. `trouble` is why it stopped by itself.
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
    made_by = models.CharField(max_length=254, null=True)
    upload = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True)
    claimed_until = models.DateTimeField(null=True)
    trouble = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint", "run"], name="one_import_a_run"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="imports_to_do",
                condition=models.Q(state__in=["running", "undoing"]),
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

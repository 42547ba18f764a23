"""Tables of invoices: drafts come and go, what was issued is only ever added to."""

from django.db import models
from django.db.models import Q


class InvoiceDraft(models.Model):
    """A partner and a period that an invoice is wanted for; its lines are counted when asked.

    Days are the account's, the first included, the last not. An invoice takes over the id of
    the draft that it was issued from, whose row goes.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    partner = models.ForeignKey("Partner", on_delete=models.PROTECT, db_index=False)
    from_on = models.DateField()
    until_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "partner", "from_on", "until_on"], name="one_draft_a_period"
            )
        ]


class Invoice(models.Model):
    """Only ever added to: the database refuses to change or remove a row.

    `document` is all that the paper says; the other columns repeat what lists need of it.
    `corrects` is the invoice that a credit note takes back.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    partner = models.ForeignKey("Partner", on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=12)
    series = models.CharField(max_length=20)
    sequence = models.IntegerField()
    number = models.CharField(max_length=40)
    from_on = models.DateField()
    until_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=254)
    due_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    document = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "series", "sequence"], name="one_invoice_a_sequence"
            ),
            models.UniqueConstraint(fields=["account", "number"], name="one_invoice_a_number"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(kind="credit_note"),
                name="only_credit_notes_correct",
            ),
        ]
        indexes = [models.Index(fields=["account", "id"], name="invoices_of_account")]


class InvoicedEntry(models.Model):
    """An entry of the ledger and the line it stands behind; in one invoice for ever."""

    entry = models.OneToOneField("LedgerEntry", primary_key=True, on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, db_index=False)
    line = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["invoice", "line", "entry"], name="entries_of_invoice")]


class CreditedCharge(models.Model):
    """A charge that a whole credit note took back; a later return does not credit it again."""

    entry = models.OneToOneField("LedgerEntry", primary_key=True, on_delete=models.PROTECT)
    note = models.ForeignKey(Invoice, on_delete=models.PROTECT)


class InvoiceEvent(models.Model):
    """What happened to an invoice after it was issued; of paid and reopened, the last one holds."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    paid_on = models.DateField(null=True)
    made_by = models.CharField(max_length=254)
    note = models.CharField(max_length=500, null=True)


class InvoiceSeries(models.Model):
    """The last number given in a series; it is raised in the transaction that issues."""

    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    series = models.CharField(max_length=20)
    last = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "series"], name="one_counter_a_series")
        ]


class InvoiceRun(models.Model):
    """A period that the timetable has made an account's drafts for, last when there were two."""

    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    from_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "from_on"], name="one_run_a_period")
        ]


class PartnerMail(models.Model):
    """A mail about money to a partner, tried until its server takes it or it is given up.

    `invoice` is what it brings; without one it tells of a low balance. `try_at` is when it is
    tried next, nothing once it ended; `error` is why the last try reached nobody. The `pdf` is
    kept until then, so that every try brings the same.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, db_index=False)
    partner = models.ForeignKey("Partner", on_delete=models.PROTECT, db_index=False)
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT)
    to = models.CharField(max_length=254)
    state = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=254)
    tries = models.IntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, null=True)
    pdf = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", try_at__isnull=False, ended_at__isnull=True)
                | Q(state__in=["sent", "given_up"], try_at__isnull=True, ended_at__isnull=False),
                name="waiting_partner_mails_are_due",
            )
        ]
        indexes = [
            models.Index(
                fields=["try_at"], name="partner_mails_due", condition=Q(try_at__isnull=False)
            ),
            models.Index(
                fields=["account", "state"],
                name="partner_mails_given_up",
                condition=Q(state="given_up"),
            ),
        ]

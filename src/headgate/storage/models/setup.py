"""Tables of an account's set-up: its versions, and the lasting identity behind each slug.

What a thing is like stands in the version's document alone; its row here gives it an id that
stays when it is archived and comes back.
"""

from django.db import models


class ConfigVersion(models.Model):
    account = models.ForeignKey("storage.Account", on_delete=models.PROTECT)
    version = models.IntegerField()
    document = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    summary = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "version"], name="one_document_a_version")
        ]


class Identity(models.Model):
    """What every thing with a slug has."""

    account = models.ForeignKey("storage.Account", on_delete=models.PROTECT)
    slug = models.CharField(max_length=63)
    name = models.CharField(max_length=200)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Entity(Identity):
    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "slug"], name="entity_slug")]


class Source(Identity):
    """`page_token` is the secret in the address of its posting specification, where it has one."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT)
    page_token = models.CharField(max_length=43, null=True, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "slug"], name="source_slug")]


class Partner(Identity):
    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "slug"], name="partner_slug")]


class Profile(Identity):
    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "slug"], name="profile_slug")]


class Assignment(Identity):
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "slug"], name="assignment_slug")]


class Form(Identity):
    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "slug"], name="form_slug")]

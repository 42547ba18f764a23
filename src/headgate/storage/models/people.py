"""Tables of the installation, its accounts, and who may do what in them."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Installation(models.Model):
    """One row: which installation key this database belongs to."""

    key_fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()


class Account(models.Model):
    """`wrapped_key` is the account's data key, encrypted under the installation key.

    `config_version` is the version in force; a transaction that routes holds its row shared.
    """

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    wrapped_key = models.BinaryField()
    config_version = models.IntegerField(default=0)
    created_at = models.DateTimeField()


class User(AbstractBaseUser):
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    objects = BaseUserManager["User"]()


class Membership(models.Model):
    """`entities` is a JSON list of slugs, NULL for every entity there is and will be."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    role = models.CharField(max_length=10)
    entities = models.TextField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="one_membership_per_account")
        ]


class Invitation(models.Model):
    """A one-time link that makes somebody a member; only the digest of its token is kept.

    The row goes when the link is used or withdrawn.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    email = models.EmailField()
    role = models.CharField(max_length=10)
    entities = models.TextField(null=True)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "email"], name="one_invitation_per_account")
        ]


class SetUpLink(models.Model):
    """A one-time link by which the first owner is made; only the digest of its token is kept."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()


class ApiKey(models.Model):
    """Only the digest of a key is kept; `prefix` is what a person recognises it by.

    `last_used_at` is up to an hour behind.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    scope = models.CharField(max_length=10)
    source = models.ForeignKey("Source", null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

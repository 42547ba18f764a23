"""What every command needs before it starts: Django, the log, the database, the key."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings

from headgate import clock
from headgate.cli import logs
from headgate.cli.refusals import Refused

_LONGEST_UPLOAD_SECONDS = 3_600
_OF_ANOTHER_INSTALLATION = ("DATABASE_URL", "SECRET_KEY", "BASE_URL")


def set_up_django(given: argparse.Namespace) -> None:
    """Load the settings and the tables, and write the log to stderr.

    A command with a data directory of its own, inside the usual one, uses no other database than
    one that it names.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headgate.settings")
    if own := getattr(given, "own_data_dir", None):
        usual = Path(os.environ.get("HEADGATE_DATA_DIR") or "headgate-data")
        os.environ["HEADGATE_DATA_DIR"] = str(usual / own)
        for name in _OF_ANOTHER_INSTALLATION:
            os.environ.pop(f"HEADGATE_{name}", None)
            os.environ.pop(f"HEADGATE_{name}_FILE", None)
    if database := getattr(given, "database", None):
        os.environ["HEADGATE_DATABASE_URL"] = database
    logs.configure()
    django.setup()


def migrate() -> None:
    """Bring the database up to date; one of SQLite that has rows is backed up first.

    :raises Refused: it cannot be backed up.
    """
    # These know tables, so they are imported once Django is ready for them.
    from headgate.services import backups  # noqa: PLC0415
    from headgate.storage import bulk, schema, sqlite_copies  # noqa: PLC0415
    from headgate.storage.copies import BadCopy  # noqa: PLC0415

    if not bulk.on_postgresql():
        sqlite_copies.path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not schema.pending():
        return
    if not bulk.on_postgresql() and not schema.is_empty():
        try:
            kept = backups.back_up_before_migrating(folder=backups_folder(), now=clock.now())
        except BadCopy as bad:
            raise Refused(f"nothing was migrated, for there is no backup: {bad}") from bad
        print(f"The database is migrated; the one before is kept in {kept}", file=sys.stderr)
    schema.migrate()


def backups_folder() -> Path:
    return Path(settings.DATA_DIR) / "backups"


def keep_uploads_beside_the_data() -> None:
    """Have what is uploaded wait in the data directory: elsewhere might be memory, or shared.

    What a process that was killed left behind is removed.
    """
    folder = Path(settings.DATA_DIR) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    too_old = clock.now().timestamp() - _LONGEST_UPLOAD_SECONDS
    for left in folder.iterdir():
        if left.stat().st_mtime < too_old:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    tempfile.tempdir = str(folder)


def open_installation() -> None:
    """Check the installation key against the database, or make one for a new database.

    :raises Refused: the key is another, or the database is not up to date.
    """
    from headgate.services import installation, postback_tokens  # noqa: PLC0415
    from headgate.storage import bulk, schema, sqlite_copies  # noqa: PLC0415

    if not bulk.on_postgresql() and not sqlite_copies.path().exists():
        raise Refused(
            f"there is no database at {sqlite_copies.path()}; `headgate serve` makes one there, "
            "and HEADGATE_DATA_DIR or HEADGATE_DATABASE_URL says where another one is"
        )
    if schema.pending():
        raise Refused("the database is not up to date; run `headgate migrate` first")
    try:
        key = installation.open_installation(
            given_key=settings.INSTALLATION_KEY, keep_key=_keep_key, now=clock.now()
        )
    except (installation.NoKey, installation.WrongKey) as error:
        raise Refused(str(error)) from error
    settings.INSTALLATION_KEY = settings.SECRET_KEY = key
    postback_tokens.open_at(settings.BASE_URL)


def _keep_key(key: str) -> None:
    path: Path = settings.SECRET_KEY_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    path.write_text(key + "\n", encoding="utf-8")

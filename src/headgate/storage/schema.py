"""Which migrations the database has had, and how it is brought to others."""

from collections.abc import Set as AbstractSet

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Migration = tuple[str, str]


class UnknownMigrations(ValueError):
    """The database was written by a newer Headgate than this one."""


def is_empty() -> bool:
    """Tell whether the database has had no migration at all."""
    return not MigrationRecorder(connection).has_table() or not applied()


def has_table(name: str) -> bool:
    return name in connection.introspection.table_names()


def applied() -> list[Migration]:
    return sorted(MigrationRecorder(connection).applied_migrations())


def pending() -> list[Migration]:
    """Return the migrations that the database still lacks.

    :raises UnknownMigrations: it has had others than this Headgate has.
    """
    executor = MigrationExecutor(connection)
    _refuse_unknown(executor.loader)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [(migration.app_label, migration.name) for migration, _ in plan]


def migrate() -> None:
    """Bring the database up to date.

    :raises UnknownMigrations: the database stays as it is.
    """
    pending()
    call_command("migrate", verbosity=0, interactive=False)


def _refuse_unknown(loader: MigrationLoader) -> None:
    """Refuse a newer database: what its columns mean is not known here."""
    unknown = [
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and (app, name) not in loader.disk_migrations
    ]
    if unknown:
        raise UnknownMigrations(
            f"the database was written by a newer Headgate ({', '.join(sorted(unknown))}) and is "
            "left as it is; install that version again, or restore a backup that was made before "
            "the upgrade"
        )


def migrate_to(wanted: AbstractSet[Migration]) -> None:
    """Bring an empty database to exactly these migrations.

    :raises UnknownMigrations:
    """
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    unknown = [f"{app}.{name}" for app, name in wanted if (app, name) not in graph.nodes]
    if unknown:
        raise UnknownMigrations(
            f"this was written by a newer Headgate ({', '.join(sorted(unknown))}); upgrade first"
        )
    latest = [
        each for each in wanted if not wanted & {c.key for c in graph.node_map[each].children}
    ]
    executor.migrate(latest)

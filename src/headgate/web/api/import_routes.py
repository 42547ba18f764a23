"""The routes of imports."""

from headgate.services.imports.import_showing import ImportPage, ImportShown
from headgate.web.api import importing
from headgate.web.api.route_kinds import acting, reading

_ONE = "/imports/{import}"

IMPORT_ROUTES = (
    acting(
        "/imports",
        importing.post_import,
        "Import a CSV file or a workbook",
        ImportShown,
        importing.DryRun,
        query=importing.UPLOADING,
        body=str,
        body_media=importing.MEDIA,
        status=201,
        refusals=(400, 404, 409, 413, 415, 422, 503),
    ),
    reading(
        "/imports",
        importing.list_imports,
        "List imports, the newest first",
        ImportPage,
        query=importing.FILTERS,
    ),
    reading(_ONE, importing.show_import, "Read how far an import has come", ImportShown),
    reading(
        f"{_ONE}/failed",
        importing.list_failed_rows,
        "Download the rows that are no leads, with the reasons",
        media=("text/csv",),
    ),
    acting(f"{_ONE}/cancel", importing.cancel_import, "Stop an import", ImportShown),
    acting(
        f"{_ONE}/go-on",
        importing.go_on_with_import,
        "Go on with an import that was cancelled",
        ImportShown,
    ),
    acting(
        f"{_ONE}/undo",
        importing.undo_import,
        "Remove what an import brought and nobody distributed",
        ImportShown,
    ),
)

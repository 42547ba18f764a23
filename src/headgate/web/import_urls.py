"""The addresses of imports."""

from django.urls import path

from headgate.web.pages.sources import importing, imports

urlpatterns = [
    path("", imports.list_imports, name="imports"),
    path("/new", importing.upload_file, name="new-import"),
    path("/new/<uuid:upload_id>", importing.prepare_import, name="prepare-import"),
    path("/<int:number>", imports.show_import, name="import"),
    path("/<int:number>/progress", imports.show_progress, name="import-progress"),
    path("/<int:number>/failed.csv", imports.download_failed, name="failed-rows"),
    path("/<int:number>/cancel", imports.cancel_import, name="cancel-import"),
    path("/<int:number>/go-on", imports.go_on, name="go-on-import"),
    path("/<int:number>/undo", imports.undo_import, name="undo-import"),
]

"""The addresses of the sources' pages."""

from django.urls import path

from headgate.web.pages.sources import source, source_editing, source_keys, sources

_ONE = "/of/<slug:entity>/<slug:slug>"

urlpatterns = [
    path("", sources.list_sources, name="sources"),
    path("/new", source_editing.add_source, name="new-source"),
    path(_ONE, source.show_source, name="source"),
    path(f"{_ONE}/edit", source_editing.edit_source, name="edit-source"),
    path(f"{_ONE}/archive", source.archive_source, name="archive-source"),
    path(f"{_ONE}/keys", source_keys.make_key, name="make-key"),
    path(f"{_ONE}/keys/<int:number>/revoke", source_keys.revoke_key, name="revoke-key"),
    path(f"{_ONE}/address", source_keys.change_address, name="change-address"),
    path(f"{_ONE}/specification", source.show_specification, name="specification"),
    path(f"{_ONE}/specification.html", source.download_specification, name="specification-file"),
]

"""The addresses of the entities' pages."""

from django.urls import path

from headgate.web.pages.settings import entities

urlpatterns = [
    path("", entities.list_entities, name="entities"),
    path("/new", entities.add_entity, name="new-entity"),
    path("/of/<slug:slug>", entities.edit_entity, name="entity"),
    path("/of/<slug:slug>/archive", entities.archive_entity, name="archive-entity"),
]

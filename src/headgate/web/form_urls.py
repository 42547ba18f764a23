"""The addresses of the pages on which forms are built."""

from django.urls import path

from headgate.web.pages import form_building, forms

urlpatterns = [
    path("", forms.list_forms, name="forms"),
    path("/new", form_building.add_form, name="new-form"),
    path("/of/<slug:slug>", form_building.edit_form, name="form"),
    path("/of/<slug:slug>/test", forms.test_form, name="test-form"),
    path("/of/<slug:slug>/archive", forms.archive_form, name="archive-form"),
]

"""The addresses of the distribution pages."""

from django.urls import path

from headgate.web.pages.distribution import (
    distribution,
    lead_testing,
    profile_acts,
    profile_editing,
)

urlpatterns = [
    path("", distribution.list_profiles, name="distribution"),
    path("/new", profile_editing.add_profile, name="new-profile"),
    path("/test", lead_testing.test_lead, name="test-lead"),
    path("/profiles/<slug:slug>", profile_editing.edit_profile, name="profile"),
    path("/profiles/<slug:slug>/switch", profile_acts.switch_profile, name="switch-profile"),
    path("/profiles/<slug:slug>/copy", profile_acts.copy_profile, name="copy-profile"),
    path("/profiles/<slug:slug>/up", profile_acts.move_profile, {"way": "up"}, name="profile-up"),
    path(
        "/profiles/<slug:slug>/down",
        profile_acts.move_profile,
        {"way": "down"},
        name="profile-down",
    ),
    path("/profiles/<slug:slug>/archive", profile_acts.archive_profile, name="archive-profile"),
]

"""Every address of Account Settings."""

from django.urls import path

from headgate.web.pages.settings import (
    alerts,
    api_access,
    audit_log,
    billing,
    email_settings,
    general,
    members,
    retention,
    return_rules,
    suppressions,
    versions,
)

urlpatterns = [
    path("general", general.edit_account, name="general"),
    path("new-account", general.add_account, name="new-account"),
    path("email", email_settings.edit_servers, name="email-settings"),
    path("email/test", email_settings.send_test_mail, name="test-email"),
    path("alerts", alerts.list_alerts, name="alerts"),
    path("alerts/told", alerts.edit_told, name="alerts-told"),
    path("members", members.list_members, name="members"),
    path("members/invite", members.invite, name="invite"),
    path("members/<int:user_id>", members.change_member, name="member"),
    path("members/<int:user_id>/remove", members.remove_member, name="remove-member"),
    path("members/invited/<int:invitation_id>/withdraw", members.withdraw, name="withdraw"),
    path("api", api_access.list_keys, name="api-access"),
    path("api/<int:key_id>/revoke", api_access.revoke_key, name="revoke-api-key"),
    path("billing", billing.edit_billing, name="billing"),
    path("returns", return_rules.edit_rules, name="return-rules"),
    path("retention", retention.edit_retention, name="retention"),
    path("suppressions", suppressions.list_lists, name="suppressions"),
    path("suppressions/find", suppressions.find_value, name="find-suppression"),
    path("suppressions/on/<slug:slug>", suppressions.show_list, name="suppression-list"),
    path(
        "suppressions/on/<slug:slug>/values",
        suppressions.change_values,
        name="change-suppressions",
    ),
    path("suppressions/on/<slug:slug>/file", suppressions.import_file, name="import-suppressions"),
    path("suppressions/on/<slug:slug>.csv", suppressions.export_list, name="export-suppressions"),
    path(
        "suppressions/on/<slug:slug>/delete", suppressions.delete_list, name="delete-suppressions"
    ),
    path("configuration", versions.list_versions, name="configuration"),
    path("configuration/apply", versions.apply_file, name="apply-configuration"),
    path("configuration/<int:version>", versions.show_version, name="version"),
    path("configuration/<int:version>.yaml", versions.download_version, name="version-yaml"),
    path("configuration/<int:version>/roll-back", versions.roll_back, name="roll-back"),
    path("audit-log", audit_log.list_entries, name="audit-log"),
    path("audit-log.csv", audit_log.export_entries, name="audit-log-csv"),
]

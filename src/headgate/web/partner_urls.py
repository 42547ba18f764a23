"""The addresses of the partners' pages."""

from django.urls import path

from headgate.web.pages.invoices import ledger
from headgate.web.pages.partners import noting, partner, partner_editing, partners, portal_people

urlpatterns = [
    path("", partners.list_partners, name="partners"),
    path(".csv", partners.export_partners, name="export-partners"),
    path("/new", partner_editing.add_partner, name="new-partner"),
    path("/of/<slug:slug>", partner.show_partner, name="partner"),
    path("/of/<slug:slug>/edit", partner_editing.edit_partner, name="edit-partner"),
    path("/of/<slug:slug>/ledger", ledger.show_ledger, name="partner-ledger"),
    path("/of/<slug:slug>/ledger/top-up", ledger.top_up, name="top-up"),
    path("/of/<slug:slug>/ledger/adjust", ledger.adjust, name="adjust"),
    path("/of/<slug:slug>/pause", partner.pause_partner, name="pause-partner"),
    path("/of/<slug:slug>/resume", partner.resume_partner, name="resume-partner"),
    path("/of/<slug:slug>/archive", partner.archive_partner, name="archive-partner"),
    path("/of/<slug:slug>/enable", partner.enable_channel, name="enable-partner-channel"),
    path("/of/<slug:slug>/notes", noting.add_note, name="add-partner-note"),
    path("/of/<slug:slug>/notes/<int:note_id>", noting.change_note, name="partner-note"),
    path("/of/<slug:slug>/portal/invite", portal_people.invite, name="invite-to-portal"),
    path(
        "/of/<slug:slug>/portal/<int:portal_user_id>/revoke",
        portal_people.revoke,
        name="revoke-portal",
    ),
    path("/of/<slug:slug>/test", partner.send_test_delivery, name="test-partner"),
]

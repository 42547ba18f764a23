"""Every address of the partner portal."""

from django.urls import path

from headgate.web.portal import answering, feedback, invoices, leads, partner, passwords, sign_in

urlpatterns = [
    path("", leads.list_leads, name="portal"),
    path("/leads.csv", leads.export_leads, name="portal-export"),
    path("/leads/<uuid:delivery_id>", leads.show_lead, name="portal-lead"),
    path("/leads/<uuid:delivery_id>/accept", answering.accept_lead, name="portal-accept"),
    path("/leads/<uuid:delivery_id>/reject", answering.reject_lead, name="portal-reject"),
    path("/leads/<uuid:delivery_id>/return", answering.ask_return, name="portal-return"),
    path("/leads/<uuid:delivery_id>/feedback", feedback.tell, name="portal-feedback"),
    path("/invoices", invoices.list_invoices, name="portal-invoices"),
    path("/invoices/<uuid:invoice_id>.pdf", invoices.show_pdf, name="portal-invoice"),
    path("/partner", partner.show_partner, name="portal-partner"),
    path("/partner/pause", partner.pause, name="portal-pause"),
    path("/partner/resume", partner.resume, name="portal-resume"),
    path("/partner/contact", partner.change_contact, name="portal-contact"),
    path("/sign-in", sign_in.sign_in, name="portal-sign-in"),
    path("/sign-out", sign_in.sign_out, name="portal-sign-out"),
    path("/password/<str:token>", passwords.choose_password, name="portal-password"),
    path("/forgotten", passwords.ask_for_link, name="portal-forgotten"),
    path("/forgotten/sent", passwords.say_sent, name="portal-link-sent"),
]

"""The addresses of leads: the list, acts on many, and one lead with what can be done to it."""

from django.urls import path

from headgate.web.pages.leads import (
    acting_on_leads,
    adding_leads,
    editing_leads,
    exporting_leads,
    lead_list,
    leads,
    sweeping_leads,
    waiting,
)

urlpatterns = [
    path("leads", lead_list.list_leads, name="leads"),
    path("leads/columns", lead_list.choose_columns, name="lead-columns"),
    path("leads/export", exporting_leads.export_leads, name="export-leads"),
    path("leads/new", adding_leads.add_lead, name="add-lead"),
    path("leads/waiting", waiting.list_waiting, name="waiting"),
    path("leads/sweeps/ask", sweeping_leads.ask, name="ask-sweep"),
    path("leads/sweeps", sweeping_leads.begin, name="begin-sweep"),
    path("leads/sweeps/<int:sweep_id>", sweeping_leads.show_sweep, name="sweep"),
    path("leads/sweeps/<int:sweep_id>/cancel", sweeping_leads.cancel, name="cancel-sweep"),
    path("leads/<uuid:lead_id>", leads.show_lead, name="lead"),
    path("leads/<uuid:lead_id>/trace", leads.show_trace, name="lead-trace"),
    path("leads/<uuid:lead_id>/edit", editing_leads.edit_lead, name="edit-lead"),
    path("leads/<uuid:lead_id>/status", editing_leads.set_status, name="set-status"),
    path("leads/<uuid:lead_id>/assignee", editing_leads.assign, name="assign-lead"),
    path("leads/<uuid:lead_id>/note", editing_leads.add_note, name="add-note"),
    path("leads/<uuid:lead_id>/distribute", acting_on_leads.distribute_lead, name="distribute"),
    path("leads/<uuid:lead_id>/erase", acting_on_leads.erase_lead, name="erase-lead"),
    path("leads/<uuid:lead_id>/decide", waiting.decide_lead, name="decide-lead"),
    path("leads/<uuid:lead_id>/stop-waiting", waiting.stop_waiting, name="stop-waiting"),
]

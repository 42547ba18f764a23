"""The routes of people who object: suppression lists, and erasing all of a person."""

from typing import Any

from headgate.services.privacy import suppressing, suppression_files
from headgate.web.api import erasing_persons, suppressions
from headgate.web.api.route_kinds import acting, reading

_LIST = "/suppressions/{slug}"
OBJECTION_ROUTES = (
    reading(
        "/suppressions",
        suppressions.list_lists,
        "List the suppression lists, the newest first",
        suppressions.ListPage,
    ),
    reading(_LIST, suppressions.show_list, "Read a suppression list's size", suppressing.ListShown),
    acting(
        "/suppressions",
        suppressions.create_list,
        "Make a suppression list, for one partner or for all",
        suppressing.ListShown,
        body=suppressions.WantedList,
        status=201,
        refusals=(400, 409, 413, 422, 503),
    ),
    acting(
        _LIST,
        suppressions.delete_list,
        "Delete a suppression list and all that stands on it",
        method="DELETE",
        status=204,
    ),
    acting(
        f"{_LIST}/add",
        suppressions.add_values,
        "Put up to 1,000 values on a suppression list",
        suppressing.Added,
        body=suppressions.Values,
    ),
    acting(
        f"{_LIST}/remove",
        suppressions.remove_values,
        "Take up to 1,000 values off a suppression list",
        suppressing.Removed,
        body=suppressions.Values,
    ),
    acting(
        f"{_LIST}/import",
        suppressions.import_values,
        "Put the values of a CSV file on a suppression list",
        suppression_files.Filled,
        query=suppressions.READING,
        body=dict[str, Any],
        body_media=(suppressions.CSV,),
        refusals=(400, 404, 408, 413, 415, 422, 503),
    ),
    acting(
        f"{_LIST}/export",
        suppressions.export_values,
        "Get the hashes that stand on a suppression list",
        method="GET",
        media=(suppressions.CSV,),
        refusals=(404, 422),
    ),
    acting(
        "/erase",
        erasing_persons.erase_person,
        "Erase every lead of a person, by email address or phone number",
        erasing_persons.ErasedPerson,
        query=erasing_persons.DRY_RUN,
        body=erasing_persons.WantedPerson,
    ),
    acting(
        "/suppressed",
        suppressions.find_value,
        "Find the lists that keep back a lead with this value",
        suppressions.Found,
        body=suppressions.Value,
        refusals=(400, 413, 422),
    ),
)

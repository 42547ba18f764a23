"""The routes by which the set-up is read and changed, whole or one thing at a time."""

from typing import Any

from headgate.services import trial_delivery
from headgate.web.api import administering, catalogue, configuration, trial_delivering
from headgate.web.api.administering import BASED_ON
from headgate.web.api.route import Handler, Parameter, Route
from headgate.web.api.route_kinds import acting, reading

_THING = dict[str, Any]


def _routes_of(
    kind: str, one: str, *of: Parameter, archive: Handler = administering.archive_thing
) -> tuple[Route, ...]:
    path = f"/{kind}/{{slug}}"
    return (
        reading(
            f"/{kind}",
            catalogue.list_things,
            f"List the {kind} of the configuration in force, and the archived ones",
            catalogue.ThingPage,
            query=(*of, *catalogue.PAGING),
        ),
        reading(path, catalogue.show_thing, f"Read {one}", _THING, query=of),
        acting(
            f"/{kind}",
            administering.add_thing,
            f"Add {one}",
            _THING,
            query=BASED_ON,
            body=_THING,
            status=201,
        ),
        acting(
            path,
            administering.put_thing,
            f"Change {one}: what is left out has its default",
            _THING,
            method="PUT",
            query=(*of, *BASED_ON),
            body=_THING,
        ),
        acting(
            path,
            archive,
            f"Archive {one}",
            _THING,
            method="DELETE",
            query=(*of, *BASED_ON),
        ),
    )


_ASSIGNMENT = "/profiles/{profile}/assignments/{assignment}"
SET_UP_ROUTES = (
    reading(
        "/config",
        configuration.show_configuration,
        "Export the configuration",
        dict[str, Any],
        media=configuration.MEDIA,
    ),
    acting(
        "/config/plan",
        configuration.plan_configuration,
        "See in words what a configuration would change",
        configuration.ChangesShown,
        query=configuration.FORCE,
        body=dict[str, Any],
        body_media=configuration.MEDIA,
        refusals=(409, 413, 415, 422),
    ),
    acting(
        "/config/apply",
        configuration.apply_configuration,
        "Put a configuration in force",
        configuration.ChangesShown,
        query=configuration.FORCE,
        body=dict[str, Any],
        body_media=configuration.MEDIA,
        refusals=(409, 413, 415, 422, 503),
    ),
    *_routes_of("entities", "an entity"),
    *_routes_of("sources", "a source", *catalogue.OF_ENTITY),
    *_routes_of("partners", "a partner"),
    *_routes_of("profiles", "a profile"),
    *_routes_of("forms", "a form"),
    *_routes_of("webhooks", "a webhook for events", archive=administering.take_out_thing),
    acting(
        "/profiles/{profile}/assignments",
        administering.add_assignment,
        "Add an assignment to a profile, after the others",
        _THING,
        query=BASED_ON,
        body=_THING,
        status=201,
    ),
    acting(
        _ASSIGNMENT,
        administering.put_assignment,
        "Change an assignment: what is left out has its default",
        _THING,
        method="PUT",
        query=BASED_ON,
        body=_THING,
    ),
    acting(
        _ASSIGNMENT,
        administering.archive_assignment,
        "Archive an assignment, and read the profile that is left",
        _THING,
        method="DELETE",
        query=BASED_ON,
    ),
    acting(
        "/partners/{slug}/test-delivery",
        trial_delivering.send_test_delivery,
        "Send a partner a made-up lead that counts nothing",
        trial_delivery.TrialDelivery,
        body=trial_delivering.TrialWanted,
        refusals=(400, 404, 413, 422),
    ),
    reading(_ASSIGNMENT, catalogue.show_assignment, "Read an assignment", dict[str, Any]),
    acting(
        f"{_ASSIGNMENT}/enable-channel",
        catalogue.enable_channel,
        "Let delivery settings get leads again that a partner's 410 had halted",
        dict[str, Any],
    ),
)

"""Configuration as code over HTTP: read, planned, applied."""

from collections.abc import Callable

from msgspec import Struct

from headgate import clock
from headgate.services import configuration
from headgate.storage import accounts
from headgate.web.api import parameters
from headgate.web.api.http import CONFIGURATION_LIMIT, Request, Response, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors
from headgate.web.errors import Problem

YAML = "application/yaml"
MEDIA = (YAML, "application/json")
_ALSO_YAML = ("application/x-yaml", "text/yaml", "text/x-yaml")
FORCE = (Parameter("force", "true applies it although it is based on another version", "boolean"),)


class AdviceShown(Struct, frozen=True):
    place: str
    message: str


class ChangesShown(Struct, frozen=True):
    """What changes, in words. `version` is the one in force: after it, for an applied file."""

    account: str
    version: int
    changes: list[str]
    advice: list[AdviceShown]


async def show_configuration(request: Request, doors: Doors) -> Response:
    request.query()
    account_id = request.key.account_id
    accepted = (request.header(b"accept") or "").lower()
    if "json" in accepted and "yaml" not in accepted:
        document = await doors.read(
            lambda: configuration.export_configuration(account_id=account_id)
        )
        return json_response(document)
    text = await doors.read(lambda: configuration.export_yaml(account_id=account_id))
    return Response(200, text.encode(), content_type=YAML.encode())


async def plan_configuration(request: Request, doors: Doors) -> Response:
    source, force = await _source(request)
    planned = await doors.read(_planning(request, source, force=force))
    return json_response(_shown(planned))


async def apply_configuration(request: Request, doors: Doors) -> Response:
    source, force = await _source(request)
    # A file with flaws, or without news, never comes to where everything is written.
    planned = await doors.read(_planning(request, source, force=force))
    if not planned.changes:
        return json_response(_shown(planned))
    account_id, key_id = request.key.account_id, request.key.id

    def put_in_force() -> configuration.Applied:
        return configuration.apply_configuration(
            source=source,
            account_slug=accounts.get(account_id).slug,
            trusted=False,
            force=force,
            made_by=f"API key {key_id}",
            now=clock.now(),
        )

    applied = await doors.write(put_in_force)
    doors.look_now()
    return json_response(_shown(applied))


async def _source(request: Request) -> tuple[bytes, bool]:
    force = parameters.flag_of(request.query("force"), "force")
    if request.content_type not in (*MEDIA, *_ALSO_YAML):
        raise Problem(415, "unsupported_media_type", f"send {' or '.join(MEDIA)}")
    return await request.body(CONFIGURATION_LIMIT), force


def _planning(
    request: Request, source: bytes, *, force: bool
) -> Callable[[], configuration.Planned]:
    account_id = request.key.account_id

    def plan() -> configuration.Planned:
        return configuration.plan_configuration(
            source=source,
            account_slug=accounts.get(account_id).slug,
            trusted=False,
            force=force,
        )

    return plan


def _shown(result: configuration.Planned | configuration.Applied) -> ChangesShown:
    return ChangesShown(
        account=result.account.slug if result.account else "",
        version=result.version,
        changes=list(result.changes),
        advice=[AdviceShown(each.place, each.message) for each in result.advice],
    )

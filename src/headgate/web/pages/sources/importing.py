"""A file is uploaded, told what its columns mean, looked at, and imported."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from headgate import clock
from headgate.domain.csv_files import BadMapping
from headgate.domain.ids import UploadId
from headgate.services import setups
from headgate.services.imports import import_jobs, uploading
from headgate.services.imports.importing import BegunOtherwise, JustBegun, Standing
from headgate.services.imports.uploading import MOST_BYTES
from headgate.services.imports.workbooks import BadWorkbook
from headgate.services.submissions import UnknownEntity, UnknownSource
from headgate.storage import imports, uploads
from headgate.storage.uploads import Upload, UploadNotFound
from headgate.web.pages.frame import show
from headgate.web.pages.sources import import_drafts
from headgate.web.visits import Visitor, for_members

_REFUSALS = (BadMapping, BegunOtherwise, JustBegun, UnknownEntity, UnknownSource)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def upload_file(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    refused = None
    if request.method == "POST":
        try:
            return _kept(request, visitor)
        except (BadWorkbook, UnknownEntity) as error:
            refused = str(error)
    context = {
        "entities": visitor.entities,
        "chosen": request.POST.get("entity", visitor.entity),
        "sheet": request.POST.get("sheet", ""),
        "most_bytes": MOST_BYTES,
        "refused": refused,
        "gone": "gone" in request.GET,
    }
    page = show(request, visitor, "imports/upload.html", page="leads", context=context)
    page.status_code = 200 if refused is None else 422
    return page


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def prepare_import(request: HttpRequest, visitor: Visitor, upload_id: UUID) -> HttpResponse:
    try:
        upload = _found(visitor, UploadId(upload_id))
    except UploadNotFound:
        return redirect(reverse("new-import") + "?gone")
    if upload.keep_until is None:
        return redirect("import", imports.find_by_upload(upload.id))
    said = request.POST
    refused = None
    match said.get("do"):
        case "read":
            _read_otherwise(visitor, upload, said)
            return redirect("prepare-import", upload.id)
        case "discard":
            uploading.discard(account_id=visitor.account_id, upload_id=upload.id)
            return redirect("imports")
        case "import" if upload.flaw is None:
            try:
                return _begun(visitor, upload, said)
            except _REFUSALS as error:
                refused = str(error)
    draft = import_drafts.draft_of(visitor, upload, said if "do" in said else None, refused)
    page = show(request, visitor, "imports/prepare.html", page="leads", context={"draft": draft})
    page.status_code = 200 if refused is None else 409
    return page


def _kept(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take the file in.

    :raises UnknownEntity, BadWorkbook:
    """
    file = request.FILES.get("file")
    entity = request.POST.get("entity", "")
    if not isinstance(file, UploadedFile):
        raise BadWorkbook(_("no file was chosen"))
    if not visitor.sees(entity):
        raise UnknownEntity(f"there is no entity {entity!r}")
    with NamedTemporaryFile(prefix="headgate-") as target:
        for chunk in file.chunks():
            target.write(chunk)
        target.flush()
        upload = uploading.keep_file(
            account_id=visitor.account_id,
            entity=entity,
            path=Path(target.name),
            name=file.name or "upload",
            sheet=request.POST.get("sheet", "").strip() or None,
            now=clock.now(),
        )
    return redirect("prepare-import", upload.id)


def _found(visitor: Visitor, upload_id: UploadId) -> Upload:
    upload = uploads.get(visitor.account_id, upload_id)
    slugs = setups.in_force(visitor.account_id).entity_slugs
    if upload.entity_id not in slugs or not visitor.sees(slugs[upload.entity_id]):
        raise Http404("that is a file of another entity")
    return upload


def _read_otherwise(visitor: Visitor, upload: Upload, said: Mapping[str, Any]) -> None:
    account_id = visitor.account_id
    entity = said.get("entity", "")
    if entity and visitor.sees(entity):
        uploading.move_to(account_id=account_id, upload_id=upload.id, entity=entity)
    delimiter = "\t" if said.get("delimiter") == "tab" else said.get("delimiter")
    uploading.read_otherwise(
        account_id=account_id,
        upload_id=upload.id,
        encoding=said.get("encoding") or None,
        delimiter=delimiter,
    )


def _begun(visitor: Visitor, upload: Upload, said: Mapping[str, Any]) -> HttpResponse:
    begun = import_jobs.begin_upload(
        account_id=visitor.account_id,
        upload_id=upload.id,
        wanted=import_drafts.wanted_of(visitor, upload, said),
        force=said.get("force") == "yes",
        made_by=visitor.email,
        now=clock.now(),
    )
    address = reverse("import", args=[begun.progress.id])
    return redirect(address + ("?done=known" if begun.standing is Standing.DONE else ""))

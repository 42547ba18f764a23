"""The editor of a profile: which leads it takes, which partners get them, and in which order."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from headgate import clock
from headgate.domain.configuration.editing import Document, Thing
from headgate.domain.configuration.value import Configuration
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.readiness import Remark
from headgate.services import administration, readiness, setups
from headgate.services.administration import ChangedMeanwhile
from headgate.web.delivery_drafts import Closed
from headgate.web.drafts import BadPlace, Draft
from headgate.web.pages.distribution import lead_testing, profile_showing, trying
from headgate.web.pages.distribution.distribution import show_list
from headgate.web.pages.distribution.profile_acts import written_profile
from headgate.web.profile_forms import ProfileForm
from headgate.web.profile_words import RemarkShown, remarks_in_words
from headgate.web.visits import Visitor, for_members

# What the form shows; whatever else the document says of a profile or a seat is kept as it is.
_TAGGED = "tagged"
_EDITED = frozenset(
    (
        *("slug", "entity", "name", "enabled", "strategy", "exclusive", "max_partners", "price"),
        *("give_up_minutes", "caps", "rules", "assignments"),
    )
)


class Edited(Struct, frozen=True):
    """The profile that is edited: `thing` is None while it is new."""

    thing: Thing | None
    before: Document
    entity: Entity
    version: int


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def edit_profile(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    version, before = written_profile(visitor, slug)
    entity = next(each for each in visitor.entities if each.slug == before["entity"])
    return _edit(request, visitor, Edited(Thing("profiles", slug), before, entity, version))


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def add_profile(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Begin a profile for the entity that is asked for or picked, else for the first."""
    wanted = request.POST.get("entity") or visitor.entity
    entities = [each for each in visitor.entities if wanted in (None, each.slug)]
    if not entities:
        return show_list(request, visitor, status=409)
    version, _document = administration.written(account_id=visitor.account_id)
    before = {"entity": entities[0].slug, "strategy": "first_match", "assignments": []}
    return _edit(request, visitor, Edited(None, before, entities[0], version))


def _edit(request: HttpRequest, visitor: Visitor, edited: Edited) -> HttpResponse:
    if request.method != "POST":
        form = ProfileForm.of_written(edited.before)
        return _Desk(request, visitor, edited, form, edited.version).show()
    try:
        form = ProfileForm.of_posted(request.POST, edited.entity)
        seen = int(request.POST.get("_seen", ""))
    except (BadPlace, ValueError):
        return HttpResponseBadRequest()
    try:
        desk = _Desk(request, visitor, edited, form, seen)
        return desk.answer(request.POST.get("_do", ""))
    except BadPlace:
        return HttpResponseBadRequest()


class _Desk:
    """One visit to the editor: what is drafted, and how it is answered."""

    def __init__(
        self,
        request: HttpRequest,
        visitor: Visitor,
        edited: Edited,
        form: ProfileForm,
        seen: int,
    ) -> None:
        self.request = request
        self.visitor = visitor
        self.edited = edited
        self.form = form
        self.seen = seen

    def answer(self, deed: str) -> HttpResponse:
        """Do what a button says and draw the page again, or save.

        :raises BadPlace:
        """
        trial = trying.read_deed(deed)
        if trial is not None:
            return self._try(trial)
        if deed == lead_testing.DEED:
            return self._test()
        if not deed:
            return self._save()
        if deed == _TAGGED:
            self.form.add_new(self._tagged())
        elif deed != "redraw":
            self.form.act(deed, self.request.POST, self.edited.entity)
        self.form.suggest([field.key for field in self.edited.entity.fields])
        return self.show()

    def _tagged(self) -> list[str]:
        """Return the partners that have the tag that was chosen."""
        tag = self.request.POST.get("_tag", "")
        said = setups.in_force(self.visitor.account_id).configuration
        return [each.slug for each in said.partners if tag in each.tags]

    def _try(self, deed: trying.Deed) -> HttpResponse:
        if not self.visitor.may_manage:
            raise PermissionDenied
        closed = self._closed()
        try:
            tried = trying.try_out(
                self.request,
                self.visitor,
                deed,
                kind="profiles",
                closed=closed,
                instead=self.edited.thing,
            )
        except Flawed as flawed:
            return self.show(flawed.flaws, status=422)
        return self.show(tried=tried)

    def _test(self) -> HttpResponse:
        closed = self._closed()
        try:
            drafted = self._drafted(closed, enabled=True)
            found = lead_testing.test_posted(
                self.request,
                self.visitor,
                setups.drafted(self.visitor.account_id, drafted),
                self.edited.entity,
            )
        except Flawed as flawed:
            return self.show(closed.seen(list(flawed.flaws)), status=422)
        return self.show(tested=found)

    def _save(self) -> HttpResponse:
        closed = self._closed()
        if "name" not in closed.said:
            message = _("the profile has no name; write one")
            closed.closing.flaws.append(Flaw("name", "required", message))
        try:
            drafted = self._drafted(closed)
            if closed.said.get("enabled"):
                self._refuse_unless_ready(drafted, closed)
            administration.save_thing(
                account_id=self.visitor.account_id,
                kind="profiles",
                said=closed.said,
                instead=self.edited.thing,
                seen=self.seen,
                made_by=self.visitor.email,
                now=clock.now(),
            )
        except Flawed as flawed:
            return self.show(closed.seen(list(flawed.flaws)), status=422)
        except ChangedMeanwhile as changed:
            return self.show(status=409, changed_meanwhile=changed.changes)
        slug = closed.said["slug"]
        return redirect(f"{reverse('distribution')}?done=saved#profile-{slug}")

    def _drafted(self, closed: Closed, **changed: Any) -> Configuration:
        """Return what saving would put in force; a draft goes without a name.

        :raises Flawed:
        """
        if closed.flaws:
            raise Flawed([])
        return administration.draft_thing(
            account_id=self.visitor.account_id,
            kind="profiles",
            said=closed.said | changed,
            instead=self.edited.thing,
        )

    def _refuse_unless_ready(self, drafted: Configuration, closed: Closed) -> None:
        """Refuse to enable what is not ready, and what would no longer be.

        :raises Flawed:
        """
        standing: tuple[Remark, ...] = ()
        if self.edited.before.get("enabled"):
            in_force = setups.in_force(self.visitor.account_id).configuration
            standing = self._remarks(in_force, closed)
        remarks = self._remarks(drafted, closed)
        blocking = [each for each in remarks if each.blocks and each not in standing]
        if blocking:
            self.form.form["enabled"] = bool(self.edited.before.get("enabled"))
            words = remarks_in_words(blocking, drafted)
            raise Flawed([Flaw("enabled", "not_ready", each.sentence) for each in words])

    def _remarks(self, configuration: Configuration, closed: Closed) -> tuple[Remark, ...]:
        profile = configuration.profile(closed.said["slug"])
        if profile is None:
            return ()
        found = readiness.remarks_of(
            account_id=self.visitor.account_id, configuration=configuration, profiles=[profile]
        )
        return found[profile.slug]

    def _closed(self) -> Closed:
        """Return the document of the form; a new profile's slug is made of its name, once."""
        edited = self.edited
        kept = {key: value for key, value in edited.before.items() if key not in _EDITED}
        kept["entity"] = edited.entity.slug
        kept["slug"] = edited.thing.slug if edited.thing else self._new_slug()
        return self.form.closed(kept)

    def _new_slug(self) -> str:
        name = str(self.form.form.get("name", ""))
        return administration.new_slug(
            account_id=self.visitor.account_id, kind="profiles", name=name or "profile"
        )

    def show(self, flaws: Any = (), *, status: int = 200, **said: object) -> HttpResponse:
        self.form.open_flawed(flaws)
        draft = Draft(self.form.form, self.seen, tuple(flaws))
        closed = self._closed()
        remarks: list[RemarkShown] = []
        try:
            drafted = self._drafted(closed)
            remarks = remarks_in_words(self._remarks(drafted, closed), drafted)
        except Flawed:
            said["unfinished"] = True
        page = profile_showing.show_editor(
            self.request,
            self.visitor,
            self.form,
            draft,
            self.edited.entity,
            slug=self.edited.thing.slug if self.edited.thing else None,
            said={**said, "remarks": remarks, "new_slug": closed.said["slug"]},
        )
        page.status_code = status
        return page

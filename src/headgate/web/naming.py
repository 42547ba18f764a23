"""Names in the place of slugs, in lines that were written for files and terminals."""

import re
from collections.abc import Mapping

from headgate.domain.configuration.value import Configuration

_SLUG = r"[a-z0-9][a-z0-9_-]*"
_BEGIN = re.compile(rf"(?P<kind>entity|source|partner|profile|form) (?P<slug>{_SLUG})", re.I)
_FIELD = re.compile(rf"(?P<before>Field \S+ of )(?P<slug>{_SLUG})")
_SEAT = re.compile(rf"(?P<before>: (?:assignment|partner) )(?P<slug>{_SLUG})")
_SUBJECT = re.compile(rf"assignment (?P<profile>{_SLUG})/(?P<seat>{_SLUG})")
_NEXT = re.compile(rf"(?P<before> now runs before )(?P<slug>{_SLUG})$")
_LISTED = re.compile(
    r"(?P<kind>Entities|Sources|Partners|Forms)(?P<rest> are now listed .* order )"
)
_KINDS = {"Entities": "entity", "Sources": "source", "Partners": "partner", "Forms": "form"}


class Naming:
    """The names of what is in force; what no longer is goes by its slug."""

    def __init__(self, said: Configuration) -> None:
        self._names: Mapping[str, Mapping[str, str]] = {
            "entity": {each.slug: each.name for each in said.entities},
            "source": {each.slug: each.name for each in said.sources},
            "partner": {each.slug: each.name for each in said.partners},
            "profile": {each.slug: each.name for each in said.profiles},
            "form": {each.slug: each.title for each in said.forms},
        }

    def name(self, kind: str, slug: str) -> str:
        """Return the name of a thing as it stands by itself."""
        return self._names.get(kind, {}).get(slug, slug)

    def in_line(self, line: str) -> str:
        """Return a line about changes, or the subject of an act, with names in quotes.

        Only what the line is about is named: values that changed stay as they were written.
        """
        if found := _SUBJECT.fullmatch(line):
            profile = self._quoted("profile", found["profile"])
            return f"assignment {profile} / {self._quoted('partner', found['seat'])}"
        if found := _LISTED.match(line):
            kind, slugs = _KINDS[found["kind"]], line[found.end() :].split(", ")
            return found[0] + ", ".join(self._quoted(kind, slug) for slug in slugs)
        if found := _FIELD.match(line):
            return found["before"] + self._quoted("entity", found["slug"]) + line[found.end() :]
        if found := _BEGIN.match(line):
            kind = found["kind"].lower()
            rest = line[found.end() :]
            if kind == "profile":
                rest = self._in_rest(rest)
            return f"{found['kind']} {self._before(rest, kind, found['slug'])}"
        return line

    def _in_rest(self, rest: str) -> str:
        """Name the partner of the assignment, or the other profile, that a profile's line names."""
        if found := _NEXT.match(rest):
            return found["before"] + self._quoted("profile", found["slug"])
        if found := _SEAT.match(rest):
            return found["before"] + self._before(rest[found.end() :], "partner", found["slug"])
        return rest

    def _before(self, rest: str, kind: str, slug: str) -> str:
        """Write a name before the rest of its line; whose something is stands before a colon."""
        named = self._quoted(kind, slug)
        is_whose = named != slug and rest.startswith("'s ")
        return f"{named}: {rest[3:]}" if is_whose else f"{named}{rest}"

    def _quoted(self, kind: str, slug: str) -> str:
        name = self._names[kind].get(slug)
        return slug if name is None else f"“{name}”"

"""Plain values written as YAML that people like to read and no reader misreads."""

import re
from collections.abc import Mapping

import yaml

MOST_IN_A_LINE = 90


class _Dumper(yaml.SafeDumper):
    """Block style with indented lists; no aliases, for a file may not have them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


_WORD = re.compile(r"[A-Za-z_$/][^\x00-\x1f\x7f-\x9f\u2028\u2029]*")
_ODD_BREAKS = re.compile(r"[\r\x85\u2028\u2029]")  # a block would turn some of them into LF
_MISREAD = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Quote whatever a reader of YAML 1.1 or 1.2 could take for something else than text."""
    if "\n" in text and not _ODD_BREAKS.search(text):
        style: str | None = "|"
    elif _WORD.fullmatch(text) and text.lower() not in _MISREAD:
        style = None
    else:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_list(dumper: yaml.SafeDumper, items: list[object]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=_fits(items))


def _represent_mapping(dumper: yaml.SafeDumper, items: dict[str, object]) -> yaml.MappingNode:
    pairs = items.items()
    return dumper.represent_mapping("tag:yaml.org,2002:map", pairs, flow_style=_fits(items))


def _fits(value: object) -> bool:
    """Tell whether something small stands in one line, as people write a field or a condition."""
    return len(str(value)) <= MOST_IN_A_LINE and not _holds_more(value)


def _holds_more(value: object) -> bool:
    """Tell whether there are mappings inside, or texts of several lines."""
    items = list(value.values()) if isinstance(value, dict) else value
    if isinstance(items, list):
        inner = (item for item in items if not isinstance(item, list))
        return any(isinstance(item, dict) or "\n" in str(item) for item in inner)
    return False


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(dict, _represent_mapping)


def to_yaml(document: Mapping[str, object]) -> str:
    """Write plain values as YAML that every reader of YAML 1.1 or 1.2 takes the same way."""
    return yaml.dump(
        dict(document),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=100_000,
    )

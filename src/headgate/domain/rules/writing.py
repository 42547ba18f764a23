"""A rule written out, as a file has it."""

from typing import Any

from headgate.domain.entities import Entity
from headgate.domain.rules.operands import write_operand
from headgate.domain.rules.subjects import subject_of
from headgate.domain.rules.tree import Condition, Rule


def write_rule(rule: Rule | None, entity: Entity) -> dict[str, Any]:
    """Return what `read_rule` reads as the same rule; {} for no rule."""
    if rule is None:
        return {}
    if isinstance(rule, Condition):
        written = {"field": rule.field, "op": str(rule.op)}
        return written if rule.value is None else {**written, "value": write_value(rule, entity)}
    return {str(rule.kind): [write_rule(child, entity) for child in rule.children]}


def write_value(condition: Condition, entity: Entity) -> Any:
    """Return the condition's value as a file has it, None where the operator takes none."""
    value = condition.value
    if value is None:
        return None
    likeness = subject_of(entity, condition.field).likeness
    if isinstance(value, str):
        return write_operand(value, likeness)
    return [write_operand(item, likeness) for item in value]

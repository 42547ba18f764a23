"""Explanation: a recorded decision, expanded into every check in the contract's words."""

from headgate.domain.explanation.document import Explanation
from headgate.domain.explanation.expanding import explain, explain_round

__all__ = ["Explanation", "explain", "explain_round"]

"""A command's refusal."""


class Refused(Exception):
    """The command cannot do what was asked; the message says why and what to do."""

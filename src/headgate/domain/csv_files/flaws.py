"""What can be wrong with a whole CSV file, each with the line at which it is wrong."""


class BadCsv(ValueError):
    """The file cannot be read as a table from this line on."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        super().__init__(f"line {line:,}: {what}")


class NotDecodable(BadCsv):
    """The line holds bytes that mean nothing in the file's encoding."""


class UnclosedQuote(BadCsv):
    """A quote opens a cell that never ends."""


class StrayQuote(BadCsv):
    """A cell goes on after its closing quote."""


class TooLong(BadCsv):
    """A cell or a row is longer than any lead can be."""


class BadHeader(BadCsv):
    """The first row does not give each column a name of its own."""

"""What is wrong with a value that somebody sent, and where it stands."""

from collections.abc import Iterable

from msgspec import Struct


class Flaw(Struct, frozen=True):
    """One thing to mend: `place` is a field key or a path such as `profiles[0].price`."""

    place: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Flawed(Exception):
    """Something was refused; `flaws` has every reason, not only the first."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("; ".join(map(str, self.flaws)))

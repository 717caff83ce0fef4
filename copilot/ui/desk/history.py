"""The way through the tickets since the program began, as a browser keeps it for pages."""

_MOST = 100


class History:
    """Tickets in the order in which they were shown, and where on that way one stands."""

    def __init__(self) -> None:
        self._way: list[int] = []
        self._at = -1

    def visit(self, ticket: int) -> bool:
        """Go on to a ticket and forget what lay ahead; return whether it is another one than before."""
        if self._way and self._way[self._at] == ticket:
            return False
        self._way = [*self._way[: self._at + 1], ticket][-_MOST:]
        self._at = len(self._way) - 1
        return True

    def behind(self) -> tuple[int, ...]:
        """Return the tickets on the way back, the nearest first."""
        return tuple(reversed(self._way[: max(self._at, 0)]))

    def ahead(self) -> tuple[int, ...]:
        """Return the tickets on the way forward, the nearest first."""
        return tuple(self._way[self._at + 1 :])

    def step(self, to: int, by: int) -> None:
        """Go back (`by` -1) or forward (1) to the ticket `to`; those passed by are gone and are forgotten."""
        way = self.behind() if by < 0 else self.ahead()
        passed = way.index(to) if to in way else len(way)
        for _ in range(passed):
            if by < 0:
                self._at -= 1
                del self._way[self._at]
            else:
                del self._way[self._at + 1]
        if passed < len(way):
            self._at += by

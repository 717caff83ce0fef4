"""The control of the search's benchmark: the SQL of a page and nothing else."""

import time

from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.services.ticket_list import PAGE
from copilot.storage import listing
from copilot.storage.rows import dump
from copilot.storage.store import connect


class BarePages:
    """Reads first pages over a connection of its own, as plain rows."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._db = connect(services.store.path, read_only=True)

    def seconds(self, view: View, typed: str) -> float:
        """Return how long the SQL of the first page takes."""
        service = self._services.ticket_list
        find, values = listing.search_sql(service.query(view, typed), service.now())
        began = time.perf_counter()
        ids = [row[0] for row in self._db.execute(f"{find} LIMIT {PAGE}", values)]
        list(self._db.execute(listing.LISTED_ROWS, (dump(ids),)))
        return time.perf_counter() - began

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

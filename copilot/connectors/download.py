"""Downloads a model file from its publisher over https; one of the few places that may open a connection."""

import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from copilot.support.errors import KnownError
from copilot.support.i18n import tr

if TYPE_CHECKING:
    import httpx

_SECONDS = 30.0  # to connect, and between two pieces of data
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(?:(\d+)|\*)")


class PublishedFile(Protocol):
    """What is asked of an entry of the model catalogue."""

    @property
    def url(self) -> str:
        """Address of the file."""
        ...

    @property
    def bytes(self) -> int:
        """Its size."""
        ...


class UrlFetcher:
    """Fetches a file by its address; goes on where it stopped.

    Args:
        transport: Stands in for the network in tests.
    """

    def __init__(self, transport: "httpx.BaseTransport | None" = None) -> None:
        self._transport = transport

    @property
    def name(self) -> str:
        """What people call the place."""
        return tr("the publisher's site")

    def available(self, entry: PublishedFile) -> bool:
        """Tell whether the entry has an address that may be asked."""
        return entry.url.startswith("https://")

    def fetch(
        self,
        entry: PublishedFile,
        part: Path,
        advance: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Append to `part` until it has the size of the entry; returns early when cancelled.

        A connection that breaks is made again as long as each one brings something.

        Raises:
            KnownError: There is no network, the server refuses, or its file has another size; `part` is kept.
        """
        import httpx  # 100 ms, and most runs never download

        with self._client() as client:
            while True:
                before = _size(part)
                try:
                    self._request(client, entry, part, advance, cancelled)
                except httpx.TransportError as error:
                    if _size(part) > before:
                        continue
                    raise _no_connection(error, entry.url) from error
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    raise KnownError(
                        tr("The server's answer cannot be used: {problem}.").format(problem=error)
                    ) from error
                if cancelled() or _size(part) >= entry.bytes:
                    return
                if _size(part) <= before:
                    raise KnownError(
                        tr("The server sends no more data."), kept=tr("What came so far is kept.")
                    )

    def _client(self) -> "httpx.Client":
        import httpx

        def only_https(request: httpx.Request) -> None:
            if request.url.scheme != "https":
                raise KnownError(
                    tr("The server sent the download on to an address that is not https: {host}.").format(
                        host=request.url.host
                    )
                )

        return httpx.Client(
            transport=self._transport,
            verify=True if self._transport else _trusted(),
            timeout=_SECONDS,
            follow_redirects=True,
            max_redirects=5,
            event_hooks={"request": [only_https]},
            headers={"User-Agent": "technician-copilot", "Accept-Encoding": "identity"},
        )

    def _request(
        self,
        client: "httpx.Client",
        entry: PublishedFile,
        part: Path,
        advance: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        start = _size(part)
        headers = {"Range": f"bytes={start}-"} if start else {}
        with client.stream("GET", entry.url, headers=headers) as response:
            if response.status_code == 416 and start:
                part.unlink()  # what is there is no beginning of the server's file
                return self._request(client, entry, part, advance, cancelled)
            if response.status_code not in (200, 206):
                raise _refused(response.status_code)
            span = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
            goes_on = response.status_code == 206 and span is not None and int(span[1]) == start
            if response.status_code == 206 and not goes_on:
                part.unlink(missing_ok=True)
                raise KnownError(tr("The server sent another piece of the file than was asked for."))
            length = (span[2] if span else response.headers.get("Content-Length")) or ""
            if length.isdecimal() and int(length) != entry.bytes:
                raise KnownError(
                    tr(
                        "The publisher's file has {found:,} bytes instead of {wanted:,}: it was replaced."
                    ).format(found=int(length), wanted=entry.bytes)
                )
            with part.open("ab" if goes_on else "wb") as file:
                for chunk in response.iter_raw():
                    if cancelled():
                        return None
                    # A server that never stops must not fill the disk.
                    file.write(chunk[: entry.bytes - file.tell()])
                    advance(file.tell())
                    if file.tell() >= entry.bytes:
                        return None
        return None


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _trusted() -> ssl.SSLContext:
    """Return the certificates of httpx and those of the system: companies add their own proxy's to the latter."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _no_connection(error: Exception, url: str) -> KnownError:
    import httpx

    host = httpx.URL(url).host
    slow = isinstance(error, httpx.TimeoutException)
    return KnownError(
        tr("{host} did not answer within {n:.0f} seconds.").format(host=host, n=_SECONDS)
        if slow
        else tr("No connection to {host}: {problem}.").format(host=host, problem=str(error).rstrip("."))
    )


def _refused(status: int) -> KnownError:
    reasons = {
        401: tr("The publisher asks for a login first."),
        403: tr("The publisher does not allow the download without a login."),
        404: tr("The publisher has no such file any more."),
        429: tr("The server has too many requests; try again later."),
    }
    return KnownError(reasons.get(status) or tr("The server answered with error {n}.").format(n=status))

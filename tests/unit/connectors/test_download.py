from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx  # noqa: TID251 (its MockTransport opens no socket)
import pytest

from copilot.connectors.download import UrlFetcher
from copilot.inference.library import Fetcher
from copilot.support.errors import KnownError

CONTENT = bytes(range(256)) * 20_000  # 5 MB: several chunks


@dataclass(frozen=True)
class File:
    url: str = "https://example.org/m.gguf"
    bytes: int = len(CONTENT)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "m.part"


class Pieces(httpx.SyncByteStream):
    """Sends content piece by piece; the connection may break after it."""

    def __init__(self, content: bytes, breaks: bool = False) -> None:
        self.content, self.breaks = content, breaks

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self.content), 1 << 19):
            yield self.content[at : at + (1 << 19)]
        if self.breaks:
            raise httpx.ReadError("Connection reset")


def whole(content: bytes = CONTENT) -> httpx.Response:
    return httpx.Response(200, stream=Pieces(content), headers={"Content-Length": str(len(content))})


def serve(request: httpx.Request, most: int = 0) -> httpx.Response:
    """Answer as a server that knows Range; with `most`, the connection breaks after that many bytes."""
    span = request.headers.get("Range")
    start = int(span.removeprefix("bytes=").rstrip("-")) if span else 0
    stream = Pieces(CONTENT[start:][: most or None], breaks=most > 0)
    if span is None:
        return httpx.Response(200, stream=stream, headers={"Content-Length": str(len(CONTENT))})
    content_range = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
    return httpx.Response(206, stream=stream, headers={"Content-Range": content_range})


def fetch(
    part: Path,
    handler: Callable[[httpx.Request], httpx.Response] = serve,
    file: File = File(),
    cancelled: Callable[[], bool] = lambda: False,
) -> list[int]:
    done: list[int] = []
    UrlFetcher(httpx.MockTransport(handler)).fetch(file, part, done.append, cancelled)
    return done


def test_is_what_the_library_takes() -> None:
    fetcher: Fetcher = UrlFetcher()
    assert fetcher.name


def test_only_https_addresses_are_offered() -> None:
    assert UrlFetcher().available(File())
    assert not UrlFetcher().available(File("http://example.org/m.gguf"))


def test_whole_file_arrives_with_progress(part: Path) -> None:
    done = fetch(part)
    assert part.read_bytes() == CONTENT
    assert done == sorted(done)
    assert done[-1] == len(CONTENT)
    assert len(done) > 2


def test_download_goes_on_where_it_stopped(part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    assert min(fetch(part)) > 1000
    assert part.read_bytes() == CONTENT


def test_stop_between_chunks_keeps_what_came(part: Path) -> None:
    answers = iter([False, True])
    fetch(part, cancelled=lambda: next(answers, True))
    assert 0 < part.stat().st_size < len(CONTENT)
    fetch(part)
    assert part.read_bytes() == CONTENT


def test_server_that_ignores_range_starts_from_the_beginning(part: Path) -> None:
    part.write_bytes(b"x" * 1000)
    fetch(part, lambda _: whole())
    assert part.read_bytes() == CONTENT


def test_server_that_sends_another_range_is_refused(part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    headers = {"Content-Range": f"bytes 5-{len(CONTENT) - 1}/{len(CONTENT)}"}
    with pytest.raises(KnownError, match="another piece"):
        fetch(part, lambda _: httpx.Response(206, content=CONTENT[5:], headers=headers))


def test_range_beyond_the_end_starts_from_the_beginning(part: Path) -> None:
    def shrunk(request: httpx.Request) -> httpx.Response:
        return httpx.Response(416) if "Range" in request.headers else serve(request)

    part.write_bytes(CONTENT[:1000])
    fetch(part, shrunk)
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("status", "words"), [(404, "no such file"), (403, "login"), (429, "too many"), (503, "error 503")]
)
def test_refusal_is_one_sentence_and_keeps_the_part(part: Path, status: int, words: str) -> None:
    part.write_bytes(CONTENT[:1000])
    with pytest.raises(KnownError, match=words):
        fetch(part, lambda _: httpx.Response(status))
    assert part.stat().st_size == 1000


def test_no_network_names_the_host(part: Path) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Name or service not known", request=request)

    with pytest.raises(KnownError, match=r"No connection to example\.org: Name or service not known\."):
        fetch(part, fail)


def test_silence_is_a_timeout_in_words(part: Path) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    with pytest.raises(KnownError, match=r"example\.org did not answer within 30 seconds"):
        fetch(part, fail)


def test_broken_connection_is_made_again_while_it_brings_something(part: Path) -> None:
    asked: list[str] = []

    def break_often(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Range", ""))
        return serve(request, most=2 << 20)

    fetch(part, break_often)
    assert part.read_bytes() == CONTENT
    assert asked == ["", f"bytes={2 << 20}-", f"bytes={4 << 20}-"]


def test_connection_that_breaks_at_once_is_an_error_that_keeps_the_part(part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    headers = {"Content-Range": f"bytes 1000-{len(CONTENT) - 1}/{len(CONTENT)}"}
    with pytest.raises(KnownError, match="Connection reset"):
        fetch(part, lambda _: httpx.Response(206, stream=Pieces(b"", breaks=True), headers=headers))
    assert part.read_bytes() == CONTENT[:1000]


def test_answer_that_ends_early_is_asked_on_until_nothing_more_comes(part: Path) -> None:
    def short(request: httpx.Request) -> httpx.Response:
        span = request.headers.get("Range")
        if span is None:
            return httpx.Response(200, stream=Pieces(CONTENT[:1000]))
        return httpx.Response(206, stream=Pieces(b""), headers={"Content-Range": "bytes 1000-1999/*"})

    with pytest.raises(KnownError, match="sends no more data"):
        fetch(part, short)
    assert part.read_bytes() == CONTENT[:1000]


def test_redirect_is_followed_over_https_only(part: Path) -> None:
    def send_on(request: httpx.Request) -> httpx.Response:
        if request.url.host == "example.org":
            return httpx.Response(302, headers={"Location": target})
        return serve(request)

    target = "https://cdn.example.net/m.gguf"
    fetch(part, send_on)
    assert part.read_bytes() == CONTENT
    part.unlink()
    target = "http://cdn.example.net/m.gguf"
    with pytest.raises(KnownError, match=r"not https: cdn\.example\.net"):
        fetch(part, send_on)
    assert not part.exists()


def test_replaced_file_is_noticed_by_its_size_before_it_is_fetched(part: Path) -> None:
    with pytest.raises(KnownError, match=r"has 9 bytes instead of 5,120,000"):
        fetch(part, lambda _: whole(b"too short"))
    assert not part.exists()


def test_server_without_end_does_not_fill_the_disk(part: Path) -> None:
    def endless(_: httpx.Request) -> httpx.Response:
        def chunks() -> Iterator[bytes]:
            while True:
                yield b"x" * (1 << 20)

        return httpx.Response(200, content=chunks())

    fetch(part, endless)
    assert part.stat().st_size == len(CONTENT)

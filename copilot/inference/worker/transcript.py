"""Recorded answers of a real engine, for the fake engine to replay.

A transcript is JSON lines: first `{"transcript": 1, "label": "which model, which engine"}`, then one
`{"at": seconds since the request, "event": {…}}` for each event of one answer.
"""

from pathlib import Path

import msgspec

from copilot.inference.protocol import Event


class Moment(msgspec.Struct, frozen=True):
    """One event and when it came, in seconds since the request."""

    at: float
    event: Event


class Header(msgspec.Struct, frozen=True):
    """The first line: the format's version and what was recorded."""

    transcript: int
    label: str


class Transcript(msgspec.Struct, frozen=True):
    """One recorded answer."""

    label: str
    moments: tuple[Moment, ...]


def read_transcript(path: Path) -> Transcript:
    """Read a transcript.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no transcript of version 1.
    """
    header, *lines = path.read_bytes().splitlines()
    head = msgspec.json.decode(header, type=Header)
    if head.transcript != 1:
        raise ValueError(f"{path.name} has version {head.transcript}, this program reads 1")
    return Transcript(
        head.label, tuple(msgspec.json.decode(line, type=Moment) for line in lines if line.strip())
    )


def write_transcript(path: Path, transcript: Transcript) -> None:
    """Write a transcript."""
    parts = [Header(1, transcript.label), *transcript.moments]
    path.write_bytes(b"".join(msgspec.json.encode(part) + b"\n" for part in parts))

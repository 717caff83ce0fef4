"""What a ticket's resolution field wants: problem, cause, what was done. Taken from the ticket, never made up."""

import re
from collections.abc import Sequence

from copilot.domain.rich_text import Block, BlockKind, bullets, heading, paragraph, plain_blocks, render
from copilot.domain.ticket import Message, Ticket, Visibility
from copilot.support.i18n import tr
from copilot.support.text import one_line

_CAUSE = re.compile(
    r"\W{0,6}(?:(?:root|likely|probable|most likely) )?(?:cause|reason|ursache|grund|cause racine)\b"
    r"(?: is| was| war| ist)?\W{0,6}(.*)",
    re.IGNORECASE,
)
_LONGEST = 600  # characters of a description; the whole of it stands in the ticket


def resolution(ticket: Ticket, thread: Sequence[Message], answers: Sequence[Sequence[Block]]) -> list[Block]:
    """Return the blocks of a resolution text.

    Args:
        ticket: The ticket.
        thread: Its messages, oldest first.
        answers: Accepted answers that are in no message, oldest first.
    """
    ours = [m for m in thread if not m.from_requester and m.text.strip()]
    notes = [m for m in ours if m.visibility is Visibility.INTERNAL]
    replies = [m for m in ours if m.visibility is Visibility.PUBLIC]
    made = [heading(tr("Problem")), paragraph(one_line(ticket.title, 300) or tr("(no title)"))]
    if ticket.body.strip():
        made.append(paragraph(one_line(ticket.body, _LONGEST)))
    host = next(
        (" ".join(part for part in (a.host, a.os) if part) for a in ticket.assets if a.host or a.os), ""
    )
    if host:
        made.append(paragraph(tr("Affected: {host}").format(host=one_line(host, 120))))
    texts = [m.text for m in reversed(ours)] + [render(blocks).text for blocks in reversed(answers)]
    cause = next((found for found in map(find_cause, texts) if found), "")
    made += [heading(tr("Cause")), paragraph(cause or tr("(not noted in this ticket)"))]
    made.append(heading(tr("What was done")))
    if not notes and not replies and not answers:
        made.append(paragraph(tr("(not noted in this ticket)")))
    for message in notes:
        made += _entry(message)
    for blocks in answers:
        made += blocks
    if replies:
        made += [heading(tr("Told to the requester")), *_entry(replies[-1])]
    return made


def find_cause(text: str) -> str:
    """Return what a text names as the cause ("Cause: …", or the line under such a heading); empty for none."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for place, line in enumerate(lines):
        found = _CAUSE.fullmatch(line[:1000])
        if not found or not re.match(r"\W{0,6}\w+(?: \w+){0,3}\W*[:–-]|\W*\w+(?: \w+)?\W*$", line):
            continue
        said = found[1].strip(" *_:") or (lines[place + 1].lstrip("-*• ") if place + 1 < len(lines) else "")
        if said:
            return one_line(said, 500)
    return ""


def _entry(message: Message) -> list[Block]:
    blocks = plain_blocks(message.text)
    if len(blocks) == 1 and len(blocks[0].lines) == 1 and blocks[0].kind is BlockKind.PARAGRAPH:
        return [bullets([one_line(message.text, 4000)])]
    return blocks

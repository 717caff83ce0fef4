"""Made-up tickets, as many as wanted: what a large desk is measured with."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from copilot.domain.ticket import (
    Asset,
    Level,
    Message,
    Person,
    Priority,
    Status,
    Ticket,
    TicketDraft,
    TicketType,
    Visibility,
)
from copilot.services import made_up_words as words

_Thing = TypeVar("_Thing")
_SPAN = timedelta(days=3 * 365)
_OPEN = (
    *(Status.NEW, Status.NEW, Status.TRIAGED, Status.IN_PROGRESS, Status.IN_PROGRESS, Status.AWAITING_USER),
    *(Status.AWAITING_VENDOR, Status.AWAITING_CHANGE_OR_PROBLEM),
)
_DONE = (*[Status.CLOSED] * 7, Status.RESOLVED, Status.RESOLVED, Status.CANCELLED)
_PRIORITIES = (*[Priority.P1], *[Priority.P2] * 5, *[Priority.P3] * 18, *[Priority.P4] * 8)
_TYPES = {
    "Requests": TicketType.REQUEST,
    "Servers": TicketType.INCIDENT,
}
_MORE = ("Please", "let", "me", "know", "if", "you", "need", "anything", "else", "from", "me.")
_CODES = 400  # distinct error codes
_HOSTS = 2500
_SERVERS = 180


def made_up(n: int, seed: int, now: datetime, me: str) -> Iterator[TicketDraft]:
    """Yield `n` tickets, oldest first; the same for the same arguments.

    About 8 % are open, most of them new; twelve assignees, `me` and nobody among them; created over the last three
    years; each has a body of 30 to 80 words, 1 to 3 messages, tags and a machine. Numbers run from `INC-100000` on.
    """
    maker = _Maker(Random(seed), now.replace(microsecond=0), me)
    for index in range(n):
        yield maker.draft(index, (index + 1) / n)


class _Maker:
    """One desk's worth of machines and people, and the tickets they have."""

    def __init__(self, random: Random, now: datetime, me: str) -> None:
        self._random = random
        self._now = now
        self._assignees = ("", me, *words.AGENTS)
        pick = random.choice
        self._codes = [f"0x{random.getrandbits(32):08X}" for _ in range(_CODES)]
        self._kbs = [f"KB50{random.randrange(10_000, 99_999)}" for _ in range(150)]
        self._people = [
            Person(
                name := f"{pick(words.FIRST_NAMES)} {pick(words.LAST_NAMES)}",
                f"{name.split()[0].lower()}.{index}@harbourline.example",
                vip=index % 50 == 0,
            )
            for index in range(1500)
        ]
        self._assets = [
            Asset(
                host=f"HL-{site[:3].upper()}-{kind}{index:04d}",
                os=pick(words.SYSTEMS),
                model=pick(words.MODELS),
                serial=f"SN{random.getrandbits(28):07X}",
            )
            for index in range(_HOSTS)
            for site, kind in [(pick(words.SITES), pick("LLDMPT"))]
        ]
        self._servers = [
            f"{pick(words.SITES)[:3].lower()}-{pick(('app', 'db', 'file', 'print', 'mail', 'web', 'dc'))}-{i:02d}"
            for i in range(_SERVERS)
        ]

    def draft(self, index: int, age_share: float) -> TicketDraft:
        """Return a ticket; `age_share` is 1 for the newest."""
        random = self._random
        pick, chance = random.choice, random.random
        age = int(_SPAN.total_seconds() * (1 - age_share)) + random.randrange(3600)
        created = self._now - timedelta(seconds=age)
        category = self._often(tuple(words.CATEGORIES))
        symptoms, services, titles = words.CATEGORIES[category]
        person, asset = self._often(self._people), self._often(self._assets)
        slots = self._slots(asset)
        body = [
            pick(words.OPENINGS),
            *random.sample(words.MIDDLES, random.randrange(1, 4)),
            pick(words.CLOSINGS),
        ]
        is_open = chance() < (0.52 if age_share > 0.88 else 0.02)
        status = pick(_OPEN if is_open else _DONE)
        messages = self._messages(person, created, slots)
        last = messages[-1].at
        ended = min(self._now, last + timedelta(minutes=random.randrange(5, 4000))) if not is_open else None
        assignee = pick(self._assignees) if is_open else pick(self._assignees[1:])
        ticket = Ticket(
            id=0,
            number=f"INC-{100_000 + index}",
            type=_TYPES.get(category) or pick((TicketType.INCIDENT,) * 9 + (TicketType.QUESTION,)),
            title=pick(titles).format_map(slots),
            body=_fit(" ".join(body), slots),
            requester=person,
            status=status,
            priority=pick(_PRIORITIES),
            created_at=created,
            updated_at=ended or last,
            impact=pick((Level.LOW, Level.LOW, Level.MEDIUM, Level.HIGH)),
            urgency=pick((Level.LOW, Level.MEDIUM, Level.MEDIUM, Level.HIGH)),
            assignee=assignee,
            group=pick(("Service Desk", "Service Desk", "Network Team", "Workplace", "Server Team")),
            category=category,
            symptom=pick(symptoms),
            service=pick(services),
            site=pick(words.SITES),
            channel=pick(("mail", "portal", "phone", "chat")),
            assets=(asset,),
            tags=tuple(random.sample(words.TAGS, random.randrange(1, 4))),
            first_response_at=next((m.at for m in messages if not m.from_requester), None),
            resolved_at=ended if status in {Status.RESOLVED, Status.CLOSED} else None,
            closed_at=ended if status is Status.CLOSED else None,
            sla_paused_seconds=pick((0, 0, 0, 3600, 86_400)),
            sla_paused_since=last if status.stops_sla_clock else None,
            source="import",
            source_id=f"INC-{100_000 + index}",
        )
        return TicketDraft(ticket, messages)

    def _messages(self, person: Person, created: datetime, slots: dict[str, str]) -> tuple[Message, ...]:
        random = self._random
        at = created
        made = []
        for _ in range(random.randrange(1, 4)):
            at = min(self._now, at + timedelta(minutes=random.randrange(2, 1500)))
            kind = random.randrange(3)
            texts = (words.REPLIES, words.NOTES, words.ANSWERS)[kind]
            made.append(
                Message(
                    uid="",
                    ticket=0,
                    at=at,
                    author=person.name if kind == 0 else random.choice(words.AGENTS),
                    visibility=Visibility.INTERNAL if kind == 1 else Visibility.PUBLIC,
                    text=random.choice(texts).format_map(slots),
                    from_requester=kind == 0,
                    origin="import",
                )
            )
        return tuple(made)

    def _slots(self, asset: Asset) -> dict[str, str]:
        random = self._random
        pick, number = random.choice, random.randrange
        return {
            "host": asset.host,
            "serial": asset.serial,
            "model": asset.model,
            "product": self._often(words.PRODUCTS),
            "code": self._often(self._codes),
            "kb": self._often(self._kbs),
            "server": self._often(self._servers),
            "module": self._often(words.MODULES),
            "service": pick(words.SERVICES),
            "device": pick(words.DEVICES),
            "department": pick(words.DEPARTMENTS),
            "share": f"\\\\files\\{pick(words.SHARES)}",
            "domain": pick(words.DOMAINS),
            "printer": f"PRN-{pick(words.SITES)[:3].upper()}-{number(60):02d}",
            "room": f"{pick('ABCDEFGH')}-{number(1, 60)}",
            "user": f"{pick(words.LAST_NAMES).lower()}{number(90)}",
            "name": pick(words.FIRST_NAMES),
            "address": f"10.{number(40)}.{number(256)}.{number(1, 255)}",
            "version": f"{number(1, 24)}.{number(10)}.{number(3000)}",
            "event": str(number(1, 9000)),
            "port": str(number(20, 9999)),
            "n": str(number(2, 60)),
            "percent": str(number(50, 100)),
            "hour": f"{number(6, 20)}",
            "minute": f"{number(60):02d}",
        }

    def _often(self, things: Sequence[_Thing]) -> _Thing:
        """Pick one; the first of them far more often than the last, as it is with words and with machines."""
        return things[int(len(things) * self._random.random() ** 2)]


def _fit(text: str, slots: dict[str, str]) -> str:
    """Fill the slots and keep to 30 to 80 words."""
    found = text.format_map(slots).split(" ")
    while len(found) < 30:
        found += _MORE
    return " ".join(found[:80])

"""Compares a statement with evidence: its hard facts must be there, and enough of its words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER_WORDS = {
    word: str(n)
    for n, word in enumerate(
        re.findall(r"\w+", "zero one two three four five six seven eight nine ten eleven twelve")
    )
} | {"once": "1", "twice": "2"}
# Words that technicians and requesters use for the same thing.
_SAME = [
    "laptop computer machine pc notebook workstation device desktop",
    "user requester customer caller colleague",
    "restart reboot restarting",
    "fail failure broken unsuccessful unable cannot could",
    "slow sluggish lag slowly",
    "error fault problem issue",
    "crash crashe bugcheck bsod bluescreen",
    "full exhausted space",
    "disk drive volume filesystem",
    "drop disconnect disconnection",
    "internet web network",
    "address ip",
    "sign login logon log",
    "deny denied refuse refused",
    "begin start since",
    "job print",
    "update upgrade patch",
]
_SYNONYMS = {word: group.split()[0] for group in _SAME for word in group.split()}
_STOP = frozenset(
    re.findall(
        r"\w+",
        "the a an and or but of to in on at by for from with without as is are was were be been being has have had do does "
        "did it its this that these those there their they them he she his her you your we our i my me which who what when "
        "where why how if then than so not no nor can could may might will would should must shall also only just still "
        "likely probably possible possibly cause causes caused because due indicate indicates indicating suggest suggests "
        "show shows showed shown showing state states stated report reports reported say says said mention mentions "
        "mentioned evidence ticket seem seems appear appears mean means after before during while until about into over up "
        "down out some any all each more most other another such very too again "
        "lead leads leading result results resulting occur occurs occurred experiencing experience "
        "experienced happen happens happened need needs needed fact facts issue confirm "
        "confirms confirmed use uses used using command output evidenced old",
    )
)
_NEGATIONS = re.compile(
    r"\b(?:not|no|never|without|cannot|can't|none|nothing|nobody|unable|fail\w*|\w+n[’']t|lacks?|missing|den(?:y|ied|ies)|refused?)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z][a-z0-9_'’-]*[a-z0-9]|[a-z]{3,}", re.IGNORECASE)
_HARD = re.compile(
    r"""
      "(?P<quoted>[^"\n]{3,120})" | “(?P<curly>[^”\n]{3,120})” | `(?P<code>[^`\n]{2,160})`
    | (?P<path>[A-Za-z]:\\[^\s,;"')\]]+ | \\\\[\w.$-]+(?:\\[^\s,;"')\]]+)*
        | (?<![\w/])/(?:[\w.-]+/)*[\w.-]*\w(?=$|[\s,.;:!?"')\]]))
    | (?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<hex>\b0x[0-9a-f]+\b)
    | (?P<name>\b(?=[\w.-]*\d)(?=[\w.-]*[A-Za-z])[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*\b
        | \b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b | \b[a-z0-9-]+(?:\.[a-z0-9-]+){2,}\b)
    | (?P<number>\d+(?:[.,:/-]\d+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNIT = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)(?P<unit>[A-Za-z%]{1,3})$")


@dataclass(frozen=True, slots=True)
class Source:
    """Text to compare with; `label` is empty for the ticket's own fields."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """How much of a statement a text holds.

    Attributes:
        hard: Whether all its hard facts are there.
        share: Which part of its words is there, 0 to 1; 1 where it has none.
        words: How many of its words are there.
        flipped: Whether the closest line says the opposite.
    """

    hard: bool
    share: float
    words: int
    flipped: bool


def hard_facts(text: str) -> list[str]:
    """Return numbers, codes, versions, hosts, paths, addresses and quoted strings, in order, each once.

    Written-out numbers count as well, apart from "one", "once" and "zero", which seldom count anything.
    """
    found = [found[found.lastgroup or 0].strip(" .,;:") for found in _HARD.finditer(text)]
    spoken = (word for word in re.findall(r"[a-z]+", text.lower()) if word in _NUMBER_WORDS)
    found += [_NUMBER_WORDS[word] for word in spoken if _NUMBER_WORDS[word] not in {"0", "1"}]
    return list(dict.fromkeys(fact for fact in found if fact))


def content_words(text: str) -> frozenset[str]:
    """Return the words that carry meaning, in a common form; words that are hard facts are left to `hard_facts`."""
    plain = _HARD.sub(lambda m: m["quoted"] or m["curly"] or m["code"] or " ", text.lower())
    return frozenset(
        _stem(word) for word in _WORD.findall(plain) if word not in _STOP and word not in _NUMBER_WORDS
    )


def compare(statement: str, texts: Sequence[str], context: str = "") -> Match:
    """Compare a statement with the texts taken together.

    Args:
        statement: What is claimed.
        texts: What it has to be found in.
        context: What it may lean on besides, such as the ticket's own fields; short numbers are not looked for there.
    """
    whole = "\n".join(texts)
    lowered, around = _spoken_numbers(whole.lower()), context.lower()
    hard = all(
        _holds(lowered, fact) or (not _is_short(fact) and _holds(around, fact))
        for fact in hard_facts(statement)
    )
    wanted = content_words(statement)
    given = _all_words(f"{whole}\n{context}")
    found = len(wanted & given)
    share = found / len(wanted) if wanted else 1.0
    return Match(hard, share, found, _flipped(statement, wanted, whole))


def holds(text: str, fact: str) -> bool:
    """Tell whether `text` contains the hard fact, as a whole and not as part of another."""
    return _holds(_spoken_numbers(text.lower()), fact)


def _holds(lowered: str, fact: str) -> bool:
    fact = re.sub(r"^(?:the|an?) (?=\w+ \w+)", "", fact.lower())  # a quotation may begin with another article
    if _bounded(lowered, fact):
        return True
    if unit := _UNIT.fullmatch(fact):  # "12gb" is "12 GB"
        return _bounded(lowered, unit["number"]) and bool(
            re.search(rf"{re.escape(unit['number'])}\s*{unit['unit']}", lowered)
        )
    if re.fullmatch(r"0x0*[0-9a-f]+", fact):  # 0x133 is 0x00000133
        return re.search(rf"0x0*{fact[2:].lstrip('0') or '0'}(?![0-9a-f])", lowered) is not None
    words = re.findall(r"[\w.:/\\-]+", fact)
    return len(words) > 1 and " ".join(words) in " ".join(re.findall(r"[\w.:/\\-]+", lowered))


def _is_short(fact: str) -> bool:
    return fact.isdigit() and len(fact) < 4


def _bounded(lowered: str, fact: str) -> bool:
    short = _is_short(fact)  # "1" is not found in 10.0.0.1, but "19045" is in 10.0.19045
    before = r"(?<![\w])" if not short else r"(?<![\w])(?<!\d[.,:])"
    after = r"(?!\w)" if not fact.isdigit() else r"(?!\d)(?![.,:]\d)" if short else r"(?!\d)"
    before = before if fact[:1].isalnum() else ""
    after = after if fact[-1:].isalnum() else ""
    return re.search(before + re.escape(fact) + after, lowered) is not None


def _spoken_numbers(lowered: str) -> str:
    return re.sub(
        r"\b[a-z]+\b", lambda m: f"{m[0]} {_NUMBER_WORDS[m[0]]}" if m[0] in _NUMBER_WORDS else m[0], lowered
    )


def _all_words(text: str) -> frozenset[str]:
    text = _CAMEL.sub(" ", text) + "\n" + text
    words = _WORD.findall(text.lower())
    parts = (part for word in words for part in re.split(r"[-_]", word))
    return frozenset(_stem(word) for word in (*words, *parts) if word)


def _stem(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s")
    if word in _SYNONYMS:
        return _SYNONYMS[word]
    for ending, least in (
        ("ations", 4),
        ("ation", 4),
        ("ings", 4),
        ("ing", 4),
        ("ied", 3),
        ("ies", 3),
        ("ed", 3),
        ("es", 4),
        ("ly", 4),
        ("s", 3),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "sl":  # dropped, dropping
        word = word[:-1]
    word = word.rstrip("e") if len(word) > 4 else word
    return _SYNONYMS.get(word, word)


def _flipped(statement: str, wanted: frozenset[str], whole: str) -> bool:
    """Tell whether one of statement and closest line negates what the other says.

    Judged only where that line holds most of the statement's words, since only then do they speak of the same.
    """
    if len(wanted) < 2:
        return False
    lines = re.split(r"\n|(?<=[.!?])\s+", whole)
    overlap, closest = max(
        ((len(wanted & _all_words(line)), line) for line in lines), key=lambda pair: pair[0]
    )
    if overlap / len(wanted) < 0.75:
        return False
    return bool(_NEGATIONS.search(statement)) != bool(_NEGATIONS.search(closest))

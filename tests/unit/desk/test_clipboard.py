"""What is copied from mails, ticket pages and chats becomes a ticket, and every guess says where it is from."""

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.desk.clip_time import read_moment
from copilot.desk.clipboard import LONGEST, read_clipping
from copilot.desk.html_text import html_to_text
from copilot.domain.clipping import Clipping, ClippingKind
from copilot.domain.ticket import Priority, TicketType, Visibility
from tests.helpers.hostile import ATTACK, forbidden_in

CLIPPINGS = Path(__file__).parent / "clippings"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def clip(name: str, now: datetime = NOW) -> Clipping:
    return read_clipping((CLIPPINGS / f"{name}.txt").read_text(encoding="utf-8"), "", now)


def at(hour: int, minute: int, second: int = 0, *, day: int = 2, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


# name, kind, title, number, requester, address, created
HEADS = [
    ("outlook_en", "mail", "Outlook asks for the password again and again", "48213", "Dana Whitfield",
     "dana.whitfield@northwind.example", at(9, 14)),
    ("outlook_de", "mail", "Drucker im 3. OG druckt nicht", "", "Jürgen Groß", "j.gross@beispiel.example", at(9, 14)),
    ("outlook_fr", "mail", "Accès VPN impossible", "", "Élodie Marchand", "elodie.marchand@exemple.example", at(9, 14)),
    ("thunderbird_reply", "mail", "Shared drive is read-only", "", "Dana Whitfield", "dana@northwind.example",
     at(8, 14, 5)),
    ("apple_mail", "mail", "iPad does not join the meeting room screen", "", "Tom Vance",
     "tom.vance@northwind.example", at(9, 14, 5)),
    ("gmail_page", "mail", "VPN drops every ten minutes", "", "Priya Natarajan", "priya.n@northwind.example", at(9, 14)),
    ("servicenow", "ticket", "Outlook crashes when a calendar is opened", "INC0010247", "Abel Tuter", "", at(9, 14, 5)),
    ("jira", "ticket", "Laptop does not charge on the dock", "HELP-482", "Marek Nowak", "", at(9, 14)),
    ("zendesk", "ticket", "Email does not sync on the phone", "48213", "Lena Fischer", "", at(9, 14)),
    ("freshservice", "ticket", "Monitor stays black after standby", "INC-2291", "Olu Adeyemi",
     "olu.adeyemi@northwind.example", at(9, 14)),
    ("glpi", "ticket", "Écran noir au démarrage", "1734", "Paul Renard", "", at(9, 14)),
    ("rt", "ticket", "Cannot log in to the ERP", "2317", "Sam Reyes", "sam.reyes@northwind.example", at(9, 14, 5)),
    ("zammad_de", "ticket", "Teams-Anruf bricht ab", "67014", "Nadia Brandt", "nadia.brandt@beispiel.example",
     at(9, 14)),
    ("teams_chat", "chat", "my laptop KRK-LT-0815 says \"no bootable device\" since this morning", "", "Marek Nowak", "",
     at(9, 2)),
    ("slack_chat", "chat", "The label printer in the warehouse prints everything twice since the driver update.", "",
     "Lena Fischer", "", at(9, 14)),
    ("whatsapp_chat", "chat", "Guten Morgen, ich komme nicht ins WLAN", "", "Petra Lang", "", at(9, 14, 5)),
    ("irc_chat", "chat", "the build server is out of disk again", "", "sreyes", "", at(9, 14)),
    ("plain_text", "text", "the scanner at the front desk does not send mails any more.", "", "", "", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind", "title", "number", "who", "address", "created"), HEADS, ids=[head[0] for head in HEADS]
)
def test_a_clipping_is_read_and_says_where_each_guess_is_from(
    name: str, kind: str, title: str, number: str, who: str, address: str, created: datetime | None
) -> None:
    found = clip(name)
    assert found.kind == kind
    assert (found.title, found.number) == (title, number)
    assert (found.requester.name, found.requester.email) == (who, address)
    assert found.created_at == created
    text = " ".join((CLIPPINGS / f"{name}.txt").read_text(encoding="utf-8").split())
    guesses = {"title": title, "number": number, "name": who, "email": address, "created": created}
    assert {field for field, value in guesses.items() if value} <= set(found.why)
    for line in found.why.values():
        assert line.rstrip("…") in text


def test_every_file_is_tested() -> None:
    assert {path.stem for path in CLIPPINGS.glob("*.txt")} == {head[0] for head in HEADS} | {"hostile_page"}


@pytest.mark.parametrize(
    ("name", "priority", "kind", "host", "os"),
    [
        ("outlook_en", None, None, "BRS-LT-0142", "Windows 11 23H2"),
        ("servicenow", Priority.P3, None, "", ""),
        ("jira", Priority.P2, TicketType.REQUEST, "", ""),
        ("zendesk", Priority.P1, TicketType.INCIDENT, "", ""),
        ("freshservice", Priority.P4, None, "LON-WS-0311", ""),
        ("glpi", Priority.P2, TicketType.INCIDENT, "", ""),
        ("rt", None, None, "", ""),  # its 50/0 is no priority of ours
        ("gmail_page", None, None, "DESKTOP-7GK2QPA", ""),
        ("plain_text", None, None, "", "Windows 10 22H2"),
    ],
)
def test_priority_type_and_machine(
    name: str, priority: Priority | None, kind: TicketType | None, host: str, os: str
) -> None:
    found = clip(name)
    assert (found.priority, found.type, found.asset.host, found.asset.os) == (priority, kind, host, os)
    for field, value in (("priority", priority), ("type", kind), ("host", host), ("os", os)):
        assert (field in found.why) == bool(value)


def test_a_mails_body_is_without_signature_and_history() -> None:
    found = clip("outlook_en")
    assert found.body.startswith("Hello,")
    assert found.body.endswith("webmail works.")
    assert found.signature.startswith("Kind regards,")
    assert [(m.author, m.at, m.from_requester) for m in found.messages] == [
        ("Dana Whitfield", at(15, 5, day=27, month=2), True),
        ("IT Service Desk", at(16, 40, day=27, month=2), False),
    ]
    assert found.messages[1].text == "Dear Dana, please restart the laptop and tell us if it comes back."


def test_quoted_replies_are_taken_apart_however_deep() -> None:
    found = clip("thunderbird_reply")
    assert found.body == "Still read-only after the reboot, and only for me."
    assert [(m.author, m.text) for m in found.messages] == [
        ("Dana Whitfield", "I cannot save into S:\\Budget any more."),
        ("Wanda Okoro", "Please reboot once and try again."),
    ]


def test_a_mail_that_only_hands_on_is_the_mail_it_hands_on() -> None:
    forwarded = (
        "From: Rob <rob@x.example>\nSent: 2 March 2026 09:20\nTo: IT\nSubject: FW: No sound\n\n"
        "From: Dana <dana@x.example>\nSent: 2 March 2026 09:00\nTo: Rob\nSubject: No sound\n\nMy headset is silent.\n"
    )
    found = read_clipping(forwarded, "", NOW)
    assert (found.requester.name, found.body, found.messages) == ("Dana", "My headset is silent.", ())


def test_work_notes_of_a_page_stay_internal() -> None:
    for name, internal in (("servicenow", 1), ("rt", 1), ("zendesk", 1)):
        notes = [m for m in clip(name).messages if m.visibility is Visibility.INTERNAL]
        assert len(notes) == internal, name
    assert [m.from_requester for m in clip("servicenow").messages] == [False, True, False]


def test_what_people_say_in_the_thread_is_no_field() -> None:
    text = (CLIPPINGS / "jira.txt").read_text(
        encoding="utf-8"
    ) + "Serial number: 4KX81\nPriority: who cares\n"
    found = read_clipping(text, "", NOW)
    assert found.messages[-1].text.endswith("Serial number: 4KX81\nPriority: who cares")
    assert found.priority is Priority.P2


def test_a_chats_opening_is_the_description_and_the_rest_its_thread() -> None:
    found = clip("whatsapp_chat")
    assert found.body.split("\n")[1].startswith("Laptop zeigt")
    assert [(m.author, m.from_requester) for m in found.messages] == [
        ("Jonas Weber", False),
        ("Petra Lang", True),
    ]


def test_times_without_a_zone_are_read_in_the_zone_of_now() -> None:
    found = clip("outlook_en", NOW.astimezone(timezone(timedelta(hours=2))))
    assert found.created_at == at(7, 14)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Monday, March 2, 2026 9:14 AM", at(9, 14)),
        ("Montag, 2. März 2026 09:14", at(9, 14)),
        ("lundi 2 mars 2026 à 09:14", at(9, 14)),
        ("2. März 2026 um 09:14:05 MEZ", at(8, 14, 5)),
        ("Mon, 2 Mar 2026 09:14:05 +0100", at(8, 14, 5)),
        ("3/2/2026 9:14 AM", at(9, 14)),
        ("02.03.26, 9:14", at(9, 14)),
        ("Gestern 10:42", at(10, 42, day=1)),
        ("2 hours ago", at(10, 0)),
        ("vor 3 Tagen", at(12, 0, day=27, month=2)),
        ("11:59 PM", at(23, 59, day=1)),  # not in the future
        ("99/99/9999 10:00", None),
        ("25:99", None),
        ("Windows 11", None),
        ("", None),
        ("1" * 100, None),
    ],
)
def test_moments(text: str, expected: datetime | None) -> None:
    assert read_moment(text, NOW) == expected


# -- HTML


def test_html_is_reduced_to_what_it_shows() -> None:
    page = (
        "<html><head><title>x</title><style>p{}</style></head><body><!-- c --><p>Hello <b>Dana</b> &amp; co</p>"
        "<table><tr><td>State</td><td>Open</td></tr></table><script>alert(1)</script>"
        '<img src="http://evil.example/x.png" onerror="a>b"><ul><li>one<li>two</ul><o:p></o:p>1 < 2</body>'
    )
    assert html_to_text(page) == "Hello Dana & co\n\nState\tOpen\n\none\ntwo\n1 < 2"


def test_html_is_read_where_the_text_is_missing_or_says_less() -> None:
    rows = (("Number", "INC0012345"), ("Priority", "High"), ("Short description", "No mail"))
    page = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows)
    for text in ("", "INC0012345 High No mail"):
        found = read_clipping(text, page, NOW)
        assert (found.number, found.priority, found.title) == ("INC0012345", Priority.P2, "No mail")


@pytest.mark.parametrize(
    "part", ["<", "<!--", "<a ", '<a b="', "<div>", "<script>", "</", "<![", "<?", '<a <a "']
)
def test_hostile_html_takes_no_time(part: str) -> None:
    """The standard library's parser alone takes minutes of processor time for some of these."""
    begun = time.process_time()
    html_to_text(part * (400_000 // len(part)))
    assert time.process_time() - begun < 20


# -- hostile


def test_a_hostile_page_is_a_ticket_of_harmless_text() -> None:
    found = clip("hostile_page")
    assert found.number == "INC9999999"
    assert found.title == "gnp.exe invoice <script>alert(1)</script>"
    assert (found.priority, found.created_at) == (None, None)
    for text in (found.title, found.body, found.requester.name, *found.why.values()):
        assert forbidden_in(text) == set()


@pytest.mark.parametrize(
    "shape", ["{}", "From: {0}\nTo: {0}\nSubject: {0}\n\n{0}", "[10:42] {0}: {0}\n[10:43] bob: x"]
)
def test_an_attack_in_every_place_is_cleaned(shape: str) -> None:
    text = shape.replace("{0}", ATTACK).replace("{}", ATTACK)
    found = read_clipping(text, f"<p>{ATTACK}</p>", NOW)
    texts = [found.title, found.body, found.signature, found.requester.name, found.number, found.asset.host]
    for each in (*texts, *found.why.values(), *(m.text + m.author for m in found.messages)):
        assert forbidden_in(each) == set()


def test_too_much_is_cut_and_said() -> None:
    found = read_clipping("word " * LONGEST, "", NOW)
    assert found.left_over == 4 * LONGEST
    assert len(found.body) <= LONGEST


@given(st.text(max_size=400), st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_a_guess_never_fails_and_loses_no_plain_text(text: str, html: str) -> None:
    found = read_clipping(text, html, NOW)
    if found.kind is ClippingKind.TEXT and not found.signature and text.strip():
        assert found.title or not found.body


@given(
    st.lists(
        st.sampled_from(
            [
                "From: a <a@b.example>",
                "Subject: x",
                "Sent: 2 March 2026 09:14",
                "Status",
                "Open",
                "Priority: High",
                "Number",
                "INC12345",
                "",
                "> quoted",
                "On 2 March 2026 09:14, Bob wrote:",
                "-- ",
                "Regards",
                "Bob  10:42 AM",
                "[10:42] bob: x",
                "-----Original Message-----",
                "Description",
                "Activity",
                "9:15",
                "Today",
                "\t",
                "To: x",
            ]
        ),
        max_size=14,
    )
)
@settings(max_examples=200, deadline=None)
def test_any_mixture_of_shapes_is_read(lines: list[str]) -> None:
    found = read_clipping("\n".join(lines), "", NOW)
    assert found.kind in ClippingKind

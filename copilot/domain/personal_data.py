"""What is recorded about people, in one place: a column or file that is not declared here fails a test."""

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import NamedTuple

from copilot.support.i18n import tr


class About(StrEnum):
    """Whom a record says something about first; texts may name anybody."""

    TECHNICIAN = "technician"
    REQUESTER = "requester"
    THIRD_PARTY = "third_party"


class Form(StrEnum):
    """How a person stands in the record, which decides how they can be found and taken out."""

    NAME = "name"  # a name or address, or a few words around one
    TEXT = "text"  # running text
    JSON = "json"  # texts within a JSON value
    TRACE = "trace"  # a time, number or word that says what somebody did, without naming them
    BLOB = "blob"  # bytes, such as a picture
    INDEX = "index"  # words taken from the others
    FILE = "file"  # a file of the data folder


class PersonalField(NamedTuple):
    """One thing that is recorded about people.

    Attributes:
        name: What to call it.
        where: `table.column`, or the pattern of a file below the data folder.
        about: See About.
        what: What it holds, one sentence.
        why: What it is for.
        kept: How long.
        seen_by: Who can see it.
        form: See Form; columns of one field share it.
    """

    name: str
    where: tuple[str, ...]
    about: About
    what: str
    why: str
    kept: str
    seen_by: str
    form: Form


def personal_data() -> tuple[PersonalField, ...]:
    """Return the register: everything that is recorded about a person, in the words of the user's language."""
    desk = tr("Whoever can open this desk")
    model = tr("Whoever can open this desk, and the model on this machine")
    files = tr("Whoever can read the data folder")
    with_ticket = tr("As long as the ticket")
    you, them, others = About.TECHNICIAN, About.REQUESTER, About.THIRD_PARTY

    def field(
        name: str,
        form: Form,
        about: About,
        where: str,
        what: str,
        why: str,
        kept: str = with_ticket,
        seen_by: str = desk,
    ) -> PersonalField:
        return PersonalField(name, tuple(where.split()), about, what, why, kept, seen_by, form)

    who_did_it = tr("So that the ticket's history says who did what")
    model_texts = tr("The model can only use what it is given")
    your_work = tr("To see how useful the answers are")
    history = tr("To measure the resolution target and to show the history")
    undo_rule = tr("A day and all of today, unless you change that")
    return (
        # -- about the technician at this desk
        field(tr("Your settings"), Form.JSON, you,
            "setting.value",
            tr("Your name, the look of the window, the commands you used last"),
            tr("So that the desk is as you left it"), tr("Until you change them")),
        field(tr("Assignee"), Form.NAME, you,
            "ticket.assignee",
            tr("Who works on a ticket"),
            tr("To know whose ticket it is")),
        field(tr("Who changed a ticket"), Form.NAME, you,
            "ticket_event.actor",
            tr("Your name beside each change"),
            who_did_it),
        field(tr("When a ticket was worked on"), Form.TRACE, you,
            "ticket_event.at ticket.updated_at ticket.first_response_at ticket.resolved_at ticket.closed_at",
            tr("The time of each change, of the first reply, of the solution"),
            history),
        field(tr("Your questions"), Form.TEXT, you,
            "question.text question.rendered",
            tr("What you asked, and the exact message that went to the model"),
            model_texts, seen_by=model),
        field(tr("When you asked, and what you read"), Form.TRACE, you,
            "question.at suggestion.created_at suggestion.finished_at "
            "suggestion.shown_at suggestion.seconds_visible suggestion.owner",
            tr("Times of questions and answers, and how many seconds an answer was on screen"),
            your_work),
        field(tr("Who decided"), Form.NAME, you,
            "decision.by outcome.by",
            tr("Your name beside each decision"),
            tr("So that it is clear who let an answer through")),
        field(tr("What was decided"), Form.TRACE, you,
            "decision.kind decision.reason decision.edit_similarity decision.at outcome.fixed outcome.at",
            tr("Accepted, changed, overridden or escalated, why and when; whether it helped"),
            your_work),
        field(tr("Notes on decisions"), Form.TEXT, you,
            "decision.note decision.diff",
            tr("What you wrote about a decision, and what you changed in an answer"),
            your_work),
        field(tr("Drafts"), Form.TEXT, you,
            "draft.text",
            tr("What you are typing and have not sent"),
            tr("So that no word is lost"), tr("Until sent; 30 days once the ticket is closed, unless you change that")),
        field(tr("When you typed"), Form.TRACE, you,
            "draft.updated_at",
            tr("When a draft was last changed"),
            tr("To clear old drafts"), tr("As long as the draft")),
        field(tr("What Undo needs"), Form.JSON, you,
            "undo_entry.inverse",
            tr("How things were before each of your changes"),
            tr("So that you can take a change back"), undo_rule),
        field(tr("What Undo calls it"), Form.NAME, you,
            "undo_entry.label",
            tr("A few words on each of your changes"),
            tr("To say what Undo takes back"), undo_rule),
        field(tr("When you changed something"), Form.TRACE, you,
            "undo_entry.at undo_entry.undone_at",
            tr("The time of each change, and of taking it back"),
            tr("To clear old entries"), undo_rule),
        field(tr("Tickets you opened"), Form.TRACE, you,
            "visit.ticket visit.at",
            tr("Which tickets you opened, and when last"),
            tr("To lead back to them"), tr("90 days, unless you change that")),
        field(tr("Tickets you pinned"), Form.TRACE, you,
            "pin.ticket pin.at",
            tr("Which tickets you keep at hand"),
            tr("To keep them at hand"), tr("Until you unpin them")),
        field(tr("Your views"), Form.TEXT, you,
            "saved_view.name saved_view.query",
            tr("Searches you saved; they may name people"),
            tr("To search again with one click"), tr("Until you delete them")),
        field(tr("Who linked tickets"), Form.NAME, you,
            "ticket_link.by",
            tr("Your name beside a link between tickets"),
            who_did_it),
        field(tr("When tickets were linked"), Form.TRACE, you,
            "ticket_link.at",
            tr("The time of each link"),
            who_did_it),
        field(tr("Imported files"), Form.TEXT, you,
            "imported_file.name",
            tr("Names of files that the watched folder brought in"),
            tr("So that no file is taken in twice"), tr("Until the desk is deleted")),
        field(tr("When files were imported"), Form.TRACE, you,
            "imported_file.at",
            tr("The time of each import"),
            tr("So that no file is taken in twice"), tr("Until the desk is deleted")),
        # -- about the people who ask for help
        field(tr("Requester"), Form.NAME, them,
            "ticket.requester_name ticket.requester_email",
            tr("Name and address of who asks for help"),
            tr("To answer them")),
        field(tr("About the requester"), Form.TRACE, them,
            "ticket.requester_vip ticket.language ticket.created_at",
            tr("Whether they are a VIP, their language, when they asked"),
            tr("To answer in time and in their language")),
        field(tr("Where the requester sits"), Form.TEXT, them,
            "ticket.site",
            tr("Their site, as the ticket system has it"),
            tr("To know where the trouble is")),
        field(tr("Devices"), Form.JSON, them,
            "ticket.assets",
            tr("Host name, system, model and serial number of their devices"),
            tr("To find the cause"), seen_by=model),
        field(tr("Tickets"), Form.TEXT, them,
            "ticket.title ticket.body",
            tr("What they wrote"),
            tr("To help them"), seen_by=model),
        field(tr("Search words"), Form.INDEX, them,
            "ticket_fts*",
            tr("The words of tickets, threads and answers, once more"),
            tr("To find tickets while you type")),
        # -- about anybody whom a text names
        field(tr("Authors of messages"), Form.NAME, others,
            "message.author",
            tr("Who wrote each message and note"),
            tr("To tell who said what")),
        field(tr("Messages"), Form.TEXT, others,
            "message.text",
            tr("The thread of a ticket; it may name anybody"),
            tr("To help the requester"), seen_by=model),
        field(tr("When messages were written"), Form.TRACE, others,
            "message.at evidence.observed_at attachment.at",
            tr("The time of each message, fact and attachment"),
            history),
        field(tr("Text attachments"), Form.JSON, others,
            "message.attachments",
            tr("Files that came with a message, as text"),
            tr("To find the cause"), seen_by=model),
        field(tr("Attachments"), Form.BLOB, others,
            "attachment.data",
            tr("Pictures and other files, such as a screenshot"),
            tr("To find the cause")),
        field(tr("Names of attachments"), Form.TEXT, others,
            "attachment.name",
            tr("What the file was called"),
            tr("To tell attachments apart")),
        field(tr("Tags"), Form.JSON, others,
            "ticket.tags",
            tr("Words somebody put on a ticket; they may name people"),
            tr("To find tickets")),
        field(tr("Changes of a ticket"), Form.TEXT, others,
            "ticket_event.old ticket_event.new",
            tr("What a field held before and after; names among them"),
            who_did_it),
        field(tr("Evidence"), Form.TEXT, others,
            "evidence.text evidence.source_ref",
            tr("Facts of a ticket; logs and messages may name anybody"),
            model_texts, seen_by=model),
        field(tr("Where evidence comes from"), Form.NAME, others,
            "evidence.source",
            tr("Who said it, or which file or log it is from"),
            tr("To judge how far to trust it"), seen_by=model),
        field(tr("Answers"), Form.TEXT, others,
            "suggestion.payload suggestion.error",
            tr("What the model wrote, or why it could not; it repeats names of the ticket"),
            tr("To help you with the ticket")),
        field(tr("What the model was told"), Form.JSON, others,
            "epoch.payload",
            tr("Evidence and earlier turns, as they went to the model"),
            tr("So that the model reads them once"), seen_by=model),
        field(tr("When the model was told"), Form.TRACE, others,
            "epoch.at",
            tr("The time of each beginning"),
            history),
        # -- files
        field(tr("The desk"), Form.FILE, others,
            "desk.db desk.db-wal desk.db-shm desk.db-journal",
            tr("All of the above, in one file and its companions"),
            tr("It is your desk"), tr("Until you delete it"), files),
        field(tr("Backups"), Form.FILE, others,
            "backups/* desk-before-*.db* desk-damaged*.db* *.partial",
            tr("Copies of the desk, from before you deleted something too"),
            tr("To get back what was lost"), tr("By the rule for backups, or until you delete them"), files),
        field(tr("The model's memory"), Form.FILE, others,
            "cache/kv/*",
            tr("What the model has read of a ticket, as numbers"),
            tr("To answer sooner"), with_ticket, files),
        field(tr("Log"), Form.FILE, you,
            "logs/copilot.log logs/copilot.old.log logs/worker.log",
            tr("What the program did and when, and names of folders; no ticket text"),
            tr("To find faults of the program"), tr("30 days, unless you change that"), files),
        field(tr("Crash reports"), Form.FILE, you,
            "logs/crash*.log",
            tr("Where the program stood when it ended unexpectedly; no ticket text"),
            tr("To find faults of the program"), tr("30 days, unless you change that"), files),
        field(tr("Locks"), Form.FILE, you,
            "*.lock *.sock",
            tr("That a window is open, and in which process"),
            tr("So that a second start raises the first window"), tr("While the window is open"), files),
    )  # fmt: skip


_HOLDS = {
    "a counter": (
        "ticket.id ticket.number ticket.source_id ticket.last_label ticket_event.id evidence.label "
        "evidence.redactions suggestion.policy_version decision.id decision.redactions outcome.id undo_entry.id "
        "saved_view.id"
    ),
    "a kind": (
        "ticket.type ticket.category ticket.symptom ticket.service ticket.channel message.visibility "
        "message.origin ticket_event.actor_kind ticket_event.field evidence.kind epoch.reason question.intent "
        "suggestion.kind suggestion.finish draft.slot setting.key ticket_link.kind saved_view.view "
        "attachment.media_type"
    ),
    "a state": ("ticket.status suggestion.state"),
    "a level": ("ticket.priority ticket.impact ticket.urgency evidence.trust"),
    "a team": ("ticket.group"),
    "a sum": ("ticket.sla_paused_seconds"),
    "a sum's beginning": ("ticket.sla_paused_since"),
    "a flag": (
        "ticket.is_sample ticket.hidden message.from_requester message.hidden evidence.removed "
        "evidence.switched_on question.superseded suggestion.superseded"
    ),
    "a system": ("ticket.source"),
    "an order": ("ticket.list_key saved_view.position"),
    "a target": ("ticket.due_at ticket.risk_at"),
    "a ticket": (
        "ticket.merged_into message.ticket ticket_event.ticket evidence.ticket epoch.ticket question.ticket "
        "suggestion.ticket draft.ticket undo_entry.ticket ticket_link.ticket ticket_link.other attachment.ticket"
    ),
    "an id": (
        "message.uid ticket_event.suggestion evidence.uid evidence.superseded_by epoch.uid question.uid "
        "question.epoch suggestion.uid suggestion.question suggestion.epoch decision.uid decision.suggestion "
        "decision.undoes outcome.suggestion draft.suggestion attachment.uid attachment.evidence"
    ),
    "a check sum": ("evidence.sha256 suggestion.prompt_hash imported_file.sha256"),
    "ids": ("question.evidence suggestion.evidence"),
    "a model": ("suggestion.model"),
    "the model's": ("suggestion.confidence"),
    "the machine's": ("suggestion.timings"),
    "tickets": ("undo_entry.tickets"),
    "column names": ("import_mapping.columns import_mapping.mapping"),
    "a file's time": ("import_mapping.used_at"),
    "a count": ("imported_file.tickets"),
}
NOT_PERSONAL = {column: holds for holds, columns in _HOLDS.items() for column in columns.split()}
"""Columns that hold nothing about a person, each with what it holds instead."""


def declared(where: str) -> PersonalField | None:
    """Return the field that declares `table.column`, or a file by its path below the data folder with `/`."""
    return next(
        (found for found in personal_data() if any(fnmatchcase(where, pattern) for pattern in found.where)),
        None,
    )

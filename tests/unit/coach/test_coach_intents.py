import pytest

from copilot.coach.intents import split_sentences
from copilot.domain.coaching import Intent
from tests.helpers.coach_kit import examine

CASES = [
    ("Why does Outlook crash on start?", Intent.DIAGNOSE),
    ("Outlook keeps asking for the password", Intent.DIAGNOSE),
    ("What is causing the VPN to drop every hour?", Intent.DIAGNOSE),
    ("What's wrong with the printer queue?", Intent.DIAGNOSE),
    ("How do I fix error 0x80070005?", Intent.DIAGNOSE),
    ("How can I troubleshoot the slow login?", Intent.DIAGNOSE),
    ("Printer jams.\nSteps to reproduce: print two pages", Intent.DIAGNOSE),
    ("", Intent.DIAGNOSE),
    ("How do I map a network drive on Windows 11?", Intent.HOW_TO),
    ("how to add a shared mailbox in Outlook", Intent.HOW_TO),
    ("Walk me through joining a laptop to the domain", Intent.HOW_TO),
    ("Write a PowerShell script that lists disabled accounts", Intent.COMMAND),
    ("Give me the command to flush the DNS cache", Intent.COMMAND),
    ("Which cmdlet shows mailbox permissions?", Intent.COMMAND),
    ("Write a reply to the user that the printer is fixed", Intent.DRAFT),
    ("Please draft an update for the requester", Intent.DRAFT),
    ("The drive is back. Can you write an email to Dana?", Intent.DRAFT),
    ("Explain what a trust relationship is", Intent.EXPLAIN),
    ("What does event ID 4625 mean?", Intent.EXPLAIN),
    ("What is a roaming profile?", Intent.EXPLAIN),
    ("Summarise this ticket for second level", Intent.SUMMARISE),
    ("Please summarize the thread", Intent.SUMMARISE),
    ("tl;dr of the log", Intent.SUMMARISE),
]


@pytest.mark.parametrize(("text", "intent"), CASES)
def test_the_intent_is_read_from_the_request(text: str, intent: Intent) -> None:
    assert examine(text).intent is intent


def test_sentences_are_split_outside_quotations() -> None:
    text = 'It says "Cannot connect. Try again." and closes. Version 2.53.1 too!\nSecond line'
    assert split_sentences(text) == [
        'It says "Cannot connect. Try again." and closes.',
        "Version 2.53.1 too!",
        "Second line",
    ]

"""A question that was stored and never sent goes back to where it was written."""

from datetime import datetime

from copilot.domain.conversation import Question
from copilot.storage import conversation, desk_state
from copilot.storage.store import Db


def give_back(db: Db, question: Question, answer: str, at: datetime) -> bool:
    """Make a question the draft of its ticket again, unless another one is written there; then it stays where it is.

    Args:
        db: To write to.
        question: One that no prompt holds.
        answer: Uid of the answer that was to come.
        at: The time.
    """
    if desk_state.drafts(db, question.ticket).get("question", ("", ""))[0].strip():
        return False
    desk_state.save_draft(db, question.ticket, "question", question.text, at)
    conversation.set_question_superseded(db, question.uid, True)
    conversation.set_answer_superseded(db, answer, True)
    return True

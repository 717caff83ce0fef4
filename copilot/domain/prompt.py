"""What is sent to a model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt; `role` is `system`, `user` or `assistant`."""

    role: str
    content: str

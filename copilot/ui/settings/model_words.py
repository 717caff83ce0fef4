"""What is said about a model."""

from copilot.services.models import ModelCard, ModelState, Progress
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.format import data_size
from copilot.ui.theme.tokens import Tone
from copilot.ui.widgets.marks import Mark


def state_mark(state: ModelState) -> Mark:
    """Return the mark of whether a model can be used."""
    icon, text, tone = {
        ModelState.INSTALLED: ("check-circle", tr("Installed"), Tone.SUCCESS),
        ModelState.PARTIAL: ("circle-half", tr("Partly here"), Tone.NEUTRAL),
        ModelState.MISSING: ("circle", tr("Not here"), Tone.NEUTRAL),
        ModelState.UNVERIFIED: ("help", tr("Unverified"), Tone.WARNING),
        ModelState.DAMAGED: ("alert-octagon", tr("Damaged"), Tone.DANGER),
    }[state]
    return Mark(icon, text, tone, text, plain=state is ModelState.MISSING)


def state_explanation(state: ModelState) -> str:
    """Return what a state means, for a tooltip."""
    return {
        ModelState.INSTALLED: tr("The file is here, and it is the one its publisher made."),
        ModelState.PARTIAL: tr("An installation was begun. It goes on where it stopped."),
        ModelState.MISSING: tr("There is no file of this model on this machine."),
        ModelState.UNVERIFIED: tr("The file is here. Nobody has compared it with its publisher's hash."),
        ModelState.DAMAGED: tr("The file is not the one its publisher made. It will not be used."),
    }[state]


def fit_mark(card: ModelCard) -> Mark:
    """Return the mark of whether a model fits into the memory that is free now."""
    if card.fits:
        return Mark("check", tr("Fits"), Tone.SUCCESS, tr("Fits into memory"), plain=True)
    text = tr("Does not fit now")
    return Mark("alert-triangle", text, Tone.WARNING, text, plain=True)


def chosen_mark() -> Mark:
    """Return the mark of the model that answers."""
    return Mark("check", tr("In use"), Tone.ACCENT, tr("In use: this model answers"))


def is_usable(card: ModelCard) -> bool:
    """Tell whether a model could answer."""
    return card.state in (ModelState.INSTALLED, ModelState.UNVERIFIED)


def name_of(card: ModelCard) -> str:
    """Return the name on one line; an imported model is named by its file."""
    return one_line(card.name, 80)


def note(card: ModelCard) -> str:
    """Return what a model is good for, and how it gets here where the program may not fetch it."""
    if card.can_download or card.state is not ModelState.MISSING:
        return tr(card.note)
    fetch = tr("Fetch it with a browser from its publisher's page (see the details), then import the file.")
    return f"{tr(card.note)} {fetch}".strip()


def facts(card: ModelCard) -> str:
    """Return size, parameters, licence and who tried it, on one line."""
    parts = [
        data_size(card.file_bytes),
        tr("{n} parameters").format(n=card.parameters) if card.parameters else "",
        tr("licence {name}").format(name=card.licence),
        tr("for {memory} machines").format(memory=card.suits) if card.suits else "",
        tr("tested by us") if card.tested else tr("untested"),
    ]
    return "  ·  ".join(part for part in parts if part)


def progress_text(progress: Progress) -> str:
    """Return what is being done, and how many bytes of it are."""
    words = {
        "downloading": tr("Downloading from {source}: {done} of {total}"),
        "copying": tr("Copying {source}: {done} of {total}"),
        "checking": tr("Checking {source}: {done} of {total}"),
    }[progress.phase]
    return words.format(
        source=one_line(progress.source, 80),
        done=data_size(progress.done_bytes),
        total=data_size(progress.total_bytes),
    )


def share(progress: Progress) -> float:
    """Return how much is done, 0 to 1."""
    return progress.done_bytes / max(1, progress.total_bytes)

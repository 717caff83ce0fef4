"""`models list|install|import|verify|remove|use`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from copilot.console.context import Context
from copilot.services.models import ModelCard, ModelState, Progress
from copilot.support.i18n import tr


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this group to the command line."""
    group = groups.add_parser(
        "models", parents=[common], help=tr("list, install, import, check and remove models")
    )
    commands = group.add_subparsers(metavar="COMMAND", required=True)

    def command(
        name: str, run: Callable[[Context], int], text: str, argument: str = ""
    ) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(name, parents=[common], help=text)
        if argument:
            parser.add_argument(argument, type=Path if argument == "file" else str)
        parser.set_defaults(command=run)
        return parser

    command("list", list_models, tr("list the catalogue and what is here"))
    parser = command("install", install_model, tr("bring a model of the catalogue here"), "id")
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="DIR", help=tr("a folder or USB stick that has it")
    )
    command("import", import_model, tr("take over a GGUF file"), "file")
    command("verify", verify_model, tr("hash the file again"), "id")
    command("remove", remove_model, tr("delete the file"), "id")
    command("use", use_model, tr("answer with this model from now on"), "id")


def list_models(context: Context) -> int:
    """List models with size, licence, memory and state."""
    cards = context.services.models.list()
    for card in cards:
        context.output.text(f"{'*' if card.chosen else ' '} {card.id}  [{card.state}]")
        tested = tr("tested here") if card.tested else tr("untested")
        context.output.text(
            f"    {card.name} · {_gigabytes(card)} · {tr('licence')} {card.licence} · {tested}"
        )
        context.output.text(f"    {card.memory}{'' if card.fits else ' — ' + tr('does not fit')}")
        if card.note:
            context.output.text(f"    {tr(card.note)}")
    context.output.document([msgspec.to_builtins(card) for card in cards])
    return 0


def install_model(context: Context) -> int:
    """Install a model, with progress; an interrupted download goes on where it stopped."""
    path = install(context, _id(context), context.options.source)
    context.output.document({"id": _id(context), "path": str(path), "state": ModelState.INSTALLED})
    return 0


def install(context: Context, model_id: str, source: Path | None = None) -> Path:
    """Install `model_id` unless it is here, showing licence, memory and progress."""
    models = context.services.models
    card = models.card(model_id)
    context.output.text(
        f"{card.name} · {_gigabytes(card)} · {tr('licence')} {card.licence} ({card.licence_url})"
    )
    context.output.text(card.memory)
    path = models.install(model_id, source=source, progress=_progress(context), cancelled=_never)
    context.output.text(tr("{id} is here: {path}").format(id=model_id, path=path))
    return path


def import_model(context: Context) -> int:
    """Import a GGUF file."""
    card = context.services.models.import_file(
        context.options.file, progress=_progress(context), cancelled=_never
    )
    context.output.text(f"{card.id}: {card.state}, SHA-256 {card.sha256}")
    if card.state is ModelState.UNVERIFIED:
        context.output.text(tr(card.note))
    context.output.document(card)
    return 0


def verify_model(context: Context) -> int:
    """Check a model's file against its hash."""
    card = context.services.models.verify(_id(context), progress=_progress(context), cancelled=_never)
    context.output.text(f"{card.id}: {card.state}, SHA-256 {card.sha256}")
    context.output.document(card)
    return 0 if card.state in (ModelState.INSTALLED, ModelState.UNVERIFIED) else 2


def remove_model(context: Context) -> int:
    """Delete a model's file."""
    context.services.models.remove(_id(context))
    context.output.text(tr("{id} was removed.").format(id=_id(context)))
    context.output.document({"id": _id(context), "state": ModelState.MISSING})
    return 0


def use_model(context: Context) -> int:
    """Choose the model for answers."""
    context.services.models.choose(_id(context))
    context.output.text(tr("{id} answers from now on.").format(id=_id(context)))
    context.output.document({"id": _id(context)})
    return 0


def _id(context: Context) -> str:
    return context.services.models.full_id(context.options.id)


def _never() -> bool:
    return False


def _gigabytes(card: ModelCard) -> str:
    return f"{card.file_bytes / 1e9:.2f} GB"


def _progress(context: Context) -> Callable[[Progress], None]:
    def show(progress: Progress) -> None:
        total = max(progress.total_bytes, 1)
        context.output.progress(
            f"{progress.phase} {progress.done_bytes / 1e6:,.0f} of {total / 1e6:,.0f} MB "
            f"({100 * progress.done_bytes // total} %) · {progress.source}",
            last=progress.done_bytes >= total,
        )

    return show

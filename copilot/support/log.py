"""Logs: a small rotating file in the data folder; never ticket text."""

import logging
from pathlib import Path

MAX_BYTES = 500_000


def log_to_file(folder: Path) -> None:
    """Write this program's log to `folder/copilot.log`, and keep the one before it from `MAX_BYTES` on.

    The standard library's rotating handler would do, but it imports the network modules. Does nothing twice.
    """
    logger = logging.getLogger("copilot")
    path = (folder / "copilot.log").absolute()
    for handler in list(logger.handlers):
        if isinstance(handler, logging.FileHandler):
            if Path(handler.baseFilename) == path:
                return
            logger.removeHandler(handler)
            handler.close()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            path.replace(path.with_suffix(".old.log"))
        handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError:
        return  # a folder that cannot be written is reported by the database, in words for the user
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

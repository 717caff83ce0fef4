"""Logs: a small rotating file in the data folder; never ticket text."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path


def log_to_file(folder: Path) -> None:
    """Write this program's log to `folder/copilot.log`: 3 files of 500 kB at most. Does nothing twice."""
    logger = logging.getLogger("copilot")
    path = folder / "copilot.log"
    if any(
        isinstance(h, RotatingFileHandler) and Path(h.baseFilename) == path.resolve() for h in logger.handlers
    ):
        return
    for handler in [h for h in logger.handlers if isinstance(h, RotatingFileHandler)]:
        logger.removeHandler(handler)
        handler.close()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=500_000, backupCount=2, encoding="utf-8", delay=True)
    except OSError:
        return  # a folder that cannot be written is reported by the database, in words for the user
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

"""YAML by the safe loader: plain data only, never an object of ours."""

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast


def load_yaml(text: str) -> Any:
    """Return the data of a YAML document.

    Raises:
        yaml.YAMLError: The text is not YAML.
    """
    return yaml.load(text, Loader=_LOADER)

"""Fixtures of the worker tests."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.worker_harness import REPO, Hosts

TEST_MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    made = Hosts()
    yield made
    made.close()


@pytest.fixture(scope="session")
def test_model_path() -> Path:
    named = os.environ.get("COPILOT_TEST_MODEL")
    path = Path(named) if named else REPO / ".cache" / "test-models" / "smollm2-135m-instruct-q4_1.gguf"
    if not path.is_file():
        pytest.skip(f"no test model at {path}; `make test` fetches it, or name one in COPILOT_TEST_MODEL")
    if not named:
        with path.open("rb") as file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == TEST_MODEL_SHA256
    return path

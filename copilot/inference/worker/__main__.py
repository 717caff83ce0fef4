"""`python -m copilot.inference.worker`."""

import sys

from copilot.inference.worker.main import run

sys.exit(run(sys.argv[1:]))

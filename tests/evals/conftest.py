"""`evals` is a folder of the checkout, not of the installed package: put the checkout on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

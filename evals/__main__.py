"""`python -m evals score FILE | train | report | report-time | claims`: how good pick and map are, on real labels."""

# ruff: noqa: T201 - figures go to stdout

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from evals import claims, early
from evals.lines import BadFile
from evals.recorded import recorded
from evals.report import write
from evals.score import score_file
from evals.shipped import ship
from evals.train import OBJECTIVE, PREMISES, VOTES, train
from trillm.ranking.learned.weights import SHIPPED

BAD_INPUT = 2


def main(arguments: list[str] | None = None) -> int:
    """Do what is asked; 2 when a file cannot be read or scored."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    scoring = verbs.add_parser("score", help="score one file of panels or pairs (JSON lines, maybe gzipped)")
    scoring.add_argument("file", type=Path)
    scoring.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    scoring.add_argument("--warm", action="store_true", help="after learning from labels of the file's other prompts")
    training = verbs.add_parser("train", help="make ranker.json anew from the recorded sets that permit it")
    training.add_argument("--to", type=Path, default=SHIPPED, help="where to write (default: what ships)")
    verbs.add_parser("report", help="measure all recorded sets and write docs/reference/ranking.md")
    verbs.add_parser("report-time", help="replay recorded sets; write docs/reference/early-and-economy.md")
    mapping = verbs.add_parser("claims", help="measure the disagreement map; write docs/reference/claims.md")
    mapping.add_argument("--fit", action="store_true", help="first fit anew how sure it is")
    told = parser.parse_args(arguments)
    try:
        if told.verb == "report-time":
            early.write()
            return 0
        if told.verb == "claims":
            if told.fit:
                print(claims.fit())
            claims.write()
            return 0
        if told.verb == "report":
            write()
            return 0
        return _score(told.file, warm=told.warm, as_json=told.json) if told.verb == "score" else _train(told.to)
    except BadFile as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def _score(file: Path, *, warm: bool, as_json: bool) -> int:
    found = score_file(file, warm=warm)
    if as_json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:12} {value}")
    return 0


def _train(to: Path) -> int:
    weights = train(recorded(VOTES), {name: recorded(name) for name in OBJECTIVE}, recorded(PREMISES))
    print(ship(to, weights.as_object()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Prints the OpenAPI document of the API, from which the typed client is made; no server is started for it."""

from __future__ import annotations

import json
import sys

from trillm.entrypoints.http import build_api


def main() -> None:
    """Write the document to stdout, as the server gives it under `/api/openapi.json`."""
    json.dump(build_api().openapi(), sys.stdout, indent=1)


if __name__ == "__main__":
    main()

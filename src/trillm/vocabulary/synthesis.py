"""One text made of several answers when somebody asks for it; it is never the pick and never replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trillm.vocabulary.ids import new_id
from trillm.vocabulary.response import Response, ResponseStatus


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the merged text, `start` to `end` in UTF-16 code units, and the ids of the answers that say it."""

    start: int
    end: int
    supported_by: tuple[str, ...]

    def as_object(self) -> dict[str, Any]:
        """Return the sentence as the contract's JSON object."""
        return {"start": self.start, "end": self.end, "supported_by": list(self.supported_by)}


@dataclass(slots=True)
class Synthesis:
    """What one model made of the answers `of` (response ids); while `made` is pending, it is wanted and not begun."""

    made: Response
    of: tuple[str, ...]
    sentences: tuple[Sentence, ...] = ()

    def is_of(self, key: str, answers: list[str]) -> bool:
        """Whether it is whole, and what this model (`provider:model`) would be asked to make of these answers."""
        whole = self.made.status is ResponseStatus.COMPLETE
        return whole and self.made.key == key and sorted(self.of) == sorted(answers)

    def copy(self, ids: Mapping[str, str]) -> Synthesis:
        """Return it made of the same answers under other ids (old to new); a copy costs nothing."""
        sentences = (replace(s, supported_by=tuple(ids[i] for i in s.supported_by)) for s in self.sentences)
        made = replace(self.made, id=new_id(), cost_usd=0.0)
        return Synthesis(made, tuple(ids[i] for i in self.of), tuple(sentences))

    @property
    def unsupported(self) -> list[str]:
        """The sentences that no answer says, as far as that was told."""
        units = self.made.text.encode("utf-16-le")
        spans = (units[2 * s.start : 2 * s.end] for s in self.sentences if not s.supported_by)
        return [span.decode("utf-16-le", "replace") for span in spans]

    def as_object(self) -> dict[str, Any]:
        """Return the synthesis as the query object and its events show it."""
        made = self.made.as_object()
        shown = ("status", "provider", "model", "text")
        spent = ("input_tokens", "output_tokens", "cost_usd", "first_token_ms", "response_time_ms", "error")
        return {
            **{name: made[name] for name in shown},
            "of": list(self.of),
            "sentences": [sentence.as_object() for sentence in self.sentences],
            **{name: made[name] for name in spent},
        }

"""Which plans there are: plans.toml, overlaid by the operator's own file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from trillm.storage.overlaid import load_overlaid

Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Facts(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid", frozen=True)


class Plan(_Facts):
    """One plan; a price of None is not set, a limit of None is none."""

    name: Text
    summary: Text
    usd_month: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    questions_per_day: Annotated[int, Field(gt=0)] | None = None


class Feature(_Facts):
    """What plans differ in, or have in common; `here`: whether this version has it."""

    name: Text
    plans: Annotated[tuple[str, ...], Field(strict=False)]
    here: bool = True


class Plans(_Facts):
    """All plans and features by id, in the file's order."""

    billing: Literal["off"]
    plans: dict[str, Plan]
    features: dict[str, Feature]

    @classmethod
    def load(cls, overlay: Path | None = None) -> Self:
        """Read plans.toml, merged over by the overlay; InvalidInput names the file and the key that is wrong."""
        return load_overlaid(cls, "trillm.billing", "plans.toml", overlay)

    @model_validator(mode="after")
    def _features_are_of_plans(self) -> Self:
        for name, feature in self.features.items():
            if strange := sorted(set(feature.plans) - self.plans.keys()):
                raise ValueError(f"features.{name}: there is no plan {', '.join(strange)}")
        return self

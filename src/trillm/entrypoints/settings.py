"""The settings: read from the environment once, at the door, typed; what is wrong is said by name."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from trillm.ranking.learned.doubt import DOUBTFUL
from trillm.ranking.learned.waiting import TOLERATED_LOSS
from trillm.vocabulary.errors import InvalidInput

PREFIX = "TRILLM_"
NOT_OURS = frozenset({"TRILLM_EVALS_DIR"})
"""Variables of the evaluation, which reads them itself."""


def _listed(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _network(value: str) -> str:
    ip_network(value, strict=False)
    return value


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError("there is no home directory here; name a place without ~") from None


def _file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return path


def _default_data_dir() -> Path:
    try:
        return user_data_path("trillm", appauthor=False)
    except RuntimeError:
        return Path("~")  # which says what is missing


Place = Annotated[Path, AfterValidator(_at_home)]
Overlay = Annotated[Place, AfterValidator(_file)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Networks = Annotated[tuple[Annotated[str, BeforeValidator(_network)], ...], BeforeValidator(_listed)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Settings(BaseModel):
    """Every field is `TRILLM_` + its name in capitals. Times are in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database_url: str = Field(
        default="", description="sqlite:///path or postgresql://…; empty: SQLite in the data directory"
    )
    data_dir: Place = Field(
        default_factory=_default_data_dir,
        validate_default=True,
        description="where the database and the embedded model are kept",
    )
    host: str = Field(default="127.0.0.1", description="address that `trillm serve` listens on")
    port: int = Field(
        default=8000, ge=0, le=65535, description="port that `trillm serve` listens on; 0 takes a free one"
    )
    allowed_hosts: Names = Field(default=(), description="further host names to answer under; * allows all")
    trusted_proxies: Networks = Field(default=(), description="addresses or networks whose X-Forwarded-For is believed")
    panel: Names = Field(default=(), description="models to ask, each provider:model; empty: what the keys allow")
    models_file: Overlay | None = Field(default=None, description="TOML laid over the shipped models and prices")
    plans_file: Overlay | None = Field(default=None, description="TOML laid over the shipped plans")
    connect_timeout: Seconds = Field(default=5, description="to connect to a vendor")
    first_token_timeout: Seconds = Field(default=30, description="to the first visible piece of an answer")
    gap_timeout: Seconds = Field(default=20, description="between two pieces of an answer")
    answer_timeout: Seconds = Field(default=90, description="for one answer, retries included")
    query_timeout: Seconds = Field(default=120, description="after which the pick is fixed among what has arrived")
    limit_per_minute: int = Field(default=10, ge=0, description="questions a minute from one address; 0: no limit")
    daily_queries: int = Field(default=0, ge=0, description="questions a day from one address; 0: no limit")
    daily_budget_usd: float | None = Field(default=None, ge=0, description="money for all questions of a day (UTC)")
    moderation: Literal["refuse", "mark", "off"] = Field(
        default="refuse", description="what happens to flagged questions: refused, logged, or not looked for"
    )
    moderation_failure: Literal["allow", "refuse"] = Field(
        default="allow", description="what happens to questions while moderation itself fails"
    )
    judge: Literal["auto", "always", "never"] = Field(
        default="auto", description="when one more model judges the answers: on close calls, always, never"
    )
    judge_model: str = Field(
        default="", description="who judges, provider:model; empty: the cheapest capable one that has a key"
    )
    judge_max_usd: float = Field(default=0.05, ge=0, description="most that judging one question may cost")
    audit_share: float = Field(
        default=0.1, ge=0, le=1, description="share of clear calls that are judged too, to learn from"
    )
    tolerated_loss: float = Field(
        default=TOLERATED_LOSS, ge=0, le=1, description="quality that late answers must promise for the pick to wait"
    )
    economy: bool = Field(
        default=False, description="ask one cheap model first, the rest only if its answer is doubtful"
    )
    doubtful: float = Field(
        default=DOUBTFUL, ge=0, le=1, description="doubt of a lone cheap answer from which the rest is asked"
    )
    synthesis_model: str = Field(
        default="", description="who merges answers, provider:model; empty: whoever gave the best one"
    )
    flush_window: float = Field(default=0.05, ge=0, le=1, description="window that joins deltas; 0 sends every one")
    cache_seconds: float = Field(default=3600, ge=0, description="how long an answer may be shown again; 0: never")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="least level that is logged"
    )
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="auto: text on a terminal, else JSON"
    )

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'trillm.db'}"

    def make_data_dir(self) -> None:
        """Make the data directory; InvalidInput when nothing can be kept there."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=self.data_dir):
                pass
        except OSError as error:
            reason = f"{self.data_dir} cannot be written to: {error.strerror}"
            raise InvalidInput(f"{PREFIX}DATA_DIR: {reason}.", field="data_dir") from None


def read_settings(environ: Mapping[str, str], **given: Any) -> Settings:
    """Read the settings; what is `given` (by a command's options) comes before the environment.

    Raises InvalidInput that names the variable. A variable that we do not know is an error: it is a slip of the pen, or
    a wish that would silently not be granted.
    """
    values: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in NOT_OURS and value != ""
    }
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = [_sentence(problem["loc"], problem["msg"], problem["type"]) for problem in error.errors()]
        raise InvalidInput(" ".join(problems), field="settings") from None


def first_set(environ: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """Return the first of these variables that is set and not empty."""
    return next((environ[name] for name in names if environ.get(name)), None)


def _sentence(place: tuple[int | str, ...], message: str, kind: str) -> str:
    name = PREFIX + str(place[0]).upper()
    if kind == "extra_forbidden":
        known = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
        return f"{name} is not a setting. There are: {known}."
    return f"{name}: {message.removeprefix('Value error, ')}."

"""What is measured, in which order: floor, TriLLM and peer take turns in one run; the median of the turns counts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.figures import StreamRow, WholeRow, median_row
from bench.load import Load
from bench.processes import Cores, Measured, mock_vendors, on_core, started
from bench.runs import Site, stream_run, whole_run
from bench.start import StartRow, median_start, start_row
from bench.subjects import litellm, panel, trillm
from bench.targets import Chat, Target, TrillmStream, TrillmWhole
from bench.yardstick import REFERENCE_US, yardstick

DIRECT, TRILLM, LITELLM = "direct", "TriLLM", "LiteLLM"
FAST = "gpt-mock-ttft0-tps0-n150"
PACED = "gpt-mock-ttft300-tps50-n150"
WHOLE, WHOLE_PACED = "waited for, vendor answers at once", "waited for, vendor needs 3.3 s"

ROUNDS = 5
"""How often in a turn those that are waited for take turns themselves, where the vendor answers at once."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing asked of one subject. `streams`: vendor streams that a question makes, 0 where it is waited for."""

    name: str
    subject: str
    target: Target
    load: Load
    streams: int


@dataclass(slots=True)
class Results:
    """The median row of every scenario and subject, of every subject's start, and of the yardstick's microseconds."""

    rows: dict[str, dict[str, StreamRow | WholeRow]] = field(default_factory=dict[str, dict[str, StreamRow | WholeRow]])
    starts: dict[str, StartRow] = field(default_factory=dict[str, StartRow])
    yardstick_us: float = REFERENCE_US

    @property
    def failed(self) -> int:
        """Return how many questions failed in all."""
        return sum(row.failed for rows in self.rows.values() for row in rows.values())


def streaming(askers: int, questions: int, tokens: int, *, at_once: bool = False) -> Iterator[Scenario]:
    """Yield TriLLM asked by so many, and the floor with as many vendor streams: three for each question."""
    members, length_s = panel(tokens), 0.4 + tokens / 50
    name = f"{askers} at {'the same instant' if at_once else 'once'}"
    spread = 0.0 if at_once else length_s
    direct = Load(3 * askers, 3 * questions, spread)
    yield Scenario(name, DIRECT, Chat(members[0].partition(":")[2]), direct, 1)
    yield Scenario(name, TRILLM, TrillmStream(members), Load(askers, questions, spread), 3)


def waited_for(name: str, model: str, load: Load) -> Iterator[Scenario]:
    """Yield every subject asked for one model without streaming."""
    yield Scenario(name, DIRECT, Chat(model, stream=False), load, 0)
    yield Scenario(name, TRILLM, TrillmWhole((f"openai:{model}",)), load, 0)
    yield Scenario(name, LITELLM, Chat(model, stream=False), load, 0)


def peer_streaming(askers: int) -> Iterator[Scenario]:
    """Yield LiteLLM with as many vendor streams as `askers` questions to TriLLM make, each asked for once."""
    streams = 1 if askers == 1 else 3 * askers
    yield Scenario(f"{askers} at once", LITELLM, Chat(PACED), Load(streams, max(5, streams), 3.4), 1)


def quick() -> list[Scenario]:
    """Return what shows in less than a minute that every figure can be taken: no peer, small numbers."""
    return [
        *streaming(1, 5, 30),
        *streaming(20, 40, 60),
        *(one for one in waited_for(WHOLE, FAST, Load(50, 200)) if one.subject != LITELLM),
    ]


def full() -> list[Scenario]:
    """Return what the performance page reports, beside memory."""
    return [
        *streaming(1, 20, 50),
        *(one for askers in (40, 50, 100, 200) for one in streaming(askers, 2 * askers, 150)),
        *streaming(40, 40, 150, at_once=True),
        *peers(),
    ]


def peers() -> list[Scenario]:
    """Return LiteLLM's scenarios, and the others' where they are waited for."""
    return [
        *(one for askers in (1, 40, 50, 200) for one in peer_streaming(askers)),
        *waited_for(WHOLE, FAST, Load(50, 1000)),
        *waited_for(WHOLE_PACED, PACED, Load(50, 100, 3.3)),
    ]


def side_by_side() -> list[Scenario]:
    """Return the peer's scenarios with the floor's and ours beside them."""
    beside = (one for askers in (40, 50, 200) for one in streaming(askers, askers, 150))
    return [*streaming(1, 5, 50), *beside, *peers()]


def measure(scenarios: Sequence[Scenario], cores: Cores, directory: Path, repeats: int) -> Results:
    """Run all scenarios `repeats` times; in each turn a subject is started anew, for streams and again for waits."""
    rows: dict[tuple[str, str], list[StreamRow | WholeRow]] = {}
    starts: dict[str, list[StartRow]] = {}
    yards: list[float] = []
    with mock_vendors(cores.load, directory) as mock, on_core(cores.load):
        for turn in range(repeats):
            yards.append(yardstick(mock, cores.measured))
            print(f"turn {turn + 1}/{repeats}: yardstick {yards[-1]:.1f} us a token", file=sys.stderr)
            for some in in_order(scenarios):
                with ExitStack() as stack:
                    names = {scenario.subject for scenario in some}
                    subjects = {
                        name: stack.enter_context(_subject(name, mock, cores, directory)) for name in sorted(names)
                    }
                    if some[0].streams:
                        starts.setdefault(some[0].subject, []).append(start_row(subjects[some[0].subject]))
                    for scenario in some:
                        print(f"turn {turn + 1}/{repeats}: {scenario.subject}, {scenario.name}", file=sys.stderr)
                        row = _run(Site(mock, subjects[scenario.subject]), scenario)
                        print(f"  {row}", file=sys.stderr)
                        rows.setdefault((scenario.name, scenario.subject), []).append(row)
    results = Results(starts={name: median_start(some) for name, some in starts.items() if name != DIRECT})
    results.yardstick_us = median(yards)
    for scenario in scenarios:
        row = median_row(rows[scenario.name, scenario.subject])
        results.rows.setdefault(scenario.name, {})[scenario.subject] = row
    return results


def in_order(scenarios: Sequence[Scenario]) -> Iterator[list[Scenario]]:
    """Yield what is measured together: what each subject streams, then what is waited for, the subjects taking turns.

    A machine that others use as well is half as fast again in one minute as in the next: what a ratio compares must not
    be minutes apart.
    """
    for name in (DIRECT, TRILLM, LITELLM):
        if mine := [scenario for scenario in scenarios if scenario.subject == name and scenario.streams]:
            yield mine
    waited = [scenario for scenario in scenarios if not scenario.streams]
    quick = [scenario for scenario in waited if scenario.name == WHOLE]
    if waited:
        yield waited + quick * (ROUNDS - 1)


def _run(site: Site, scenario: Scenario) -> StreamRow | WholeRow:
    if scenario.streams:
        return stream_run(site, scenario.target, scenario.load, scenario.streams)
    return whole_run(site, scenario.target, scenario.load)


@contextmanager
def _subject(name: str, mock: Measured, cores: Cores, directory: Path) -> Iterator[Measured]:
    """Start the subject; the floor is the mock itself."""
    if name == DIRECT:
        yield mock
        return
    command = trillm(mock.port, directory) if name == TRILLM else litellm(mock.port, directory)
    with started(command, cores.measured) as subject:
        yield subject

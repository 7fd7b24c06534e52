"""One run: warm up, ask, read CPU and memory before and after, and set the times against the mock's record."""

from __future__ import annotations

import asyncio
import os
import secrets
import urllib.request
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import psutil
import uvloop

from bench.figures import StreamRow, WholeRow, errors, latency, percentile
from bench.load import Load, ask_all
from bench.mock_vendors import Record
from bench.processes import Measured
from bench.targets import Asked, Target


@dataclass(frozen=True, slots=True)
class Site:
    """Where a run takes place: the mock, and what is measured (the mock itself for the floor)."""

    mock: Measured
    subject: Measured


@dataclass(frozen=True, slots=True)
class _Taken:
    asked: list[Asked]
    records: list[Record]
    wall_s: float
    cpu_s: float
    load_cpu_s: float


def take_records(mock: Measured) -> list[Record]:
    """Return what the mock sent since the last taking, and empty its record."""
    request = urllib.request.Request(f"http://127.0.0.1:{mock.port}/_bench/times", method="DELETE")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as reply:
        entries: list[dict[str, Any]] = orjson.loads(reply.read())
    return [Record(**entry) for entry in entries]


def _take(site: Site, target: Target, load: Load) -> _Taken:
    """Ask and measure, after as many questions as there are askers have warmed up what is measured."""
    own = psutil.Process()
    run = secrets.token_hex(4)  # with a letter after it: "7-12" in a question would make it a calculation

    async def measure() -> _Taken:
        await ask_all(site.subject.port, target, Load(min(load.askers, 10), min(load.askers, 10)), f"{run}w")
        await asyncio.to_thread(take_records, site.mock)
        loop = asyncio.get_running_loop()
        wall, cpu, load_cpu = loop.time(), site.subject.cpu_s(), _cpu(own) + site.mock.cpu_s()
        asked = await ask_all(site.subject.port, target, load, f"{run}r")
        taken = loop.time() - wall, site.subject.cpu_s() - cpu, _cpu(own) + site.mock.cpu_s() - load_cpu
        return _Taken(asked, await asyncio.to_thread(take_records, site.mock), *taken)

    return uvloop.run(measure())


def _cpu(process: psutil.Process) -> float:
    used = process.cpu_times()
    return used.user + used.system


def stream_run(site: Site, target: Target, load: Load, streams: int) -> StreamRow:
    """Measure streaming; `streams` is how many vendor streams one question makes."""
    taken = _take(site, target, load)
    tokens = sum(len(record.tokens) for record in taken.records)
    failed = errors(taken.asked)
    if failed:
        print(f"failed: {failed}")
    return StreamRow(
        askers=load.askers,
        streams=streams,
        questions=load.questions,
        failed=sum(failed.values()),
        **asdict(latency(taken.asked, taken.records)),
        cpu_us_per_token=1e6 * taken.cpu_s / max(1, tokens),
        core=taken.cpu_s / taken.wall_s,
        tokens_per_s=tokens / taken.wall_s,
        rss_mb=site.subject.rss_mb(),
        load_core=taken.load_cpu_s / taken.wall_s,
        load_average=os.getloadavg()[0],
    )


def whole_run(site: Site, target: Target, load: Load) -> WholeRow:
    """Measure replies that are waited for."""
    taken = _take(site, target, load)
    failed = errors(taken.asked)
    if failed:
        print(f"failed: {failed}")
    waits = [1000 * (one.done - one.started) for one in taken.asked if one.done is not None and not one.error]
    return WholeRow(
        askers=load.askers,
        questions=load.questions,
        failed=sum(failed.values()),
        cpu_ms_per_request=1000 * taken.cpu_s / load.questions,
        requests_per_cpu_s=load.questions / max(taken.cpu_s, 0.01),
        requests_per_s=load.questions / taken.wall_s,
        total_p50=percentile(waits, 0.5),
        total_p99=percentile(waits, 0.99),
        load_average=os.getloadavg()[0],
    )

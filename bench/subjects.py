"""What is measured: `trillm serve` with three vendors that are mocks, and LiteLLM's proxy before the same mocks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.processes import ROOT, Command, clean_environment, free_port
from bench.targets import KEY

LITELLM_VERSION = "1.106.2"
"""The newest one whose `proxy` extra pip could resolve on 2026-11-22: later ones want parts that were not published."""
PEERS = ROOT / "build" / "bench-peers"


def panel(tokens: int = 150, tokens_per_s: int = 50, first_token_ms: int = 300) -> tuple[str, str, str]:
    """Return three members with one pace, each 50 ms later to start than the one before, unless all start at once."""
    step = 50 if first_token_ms else 0
    return (
        f"openai:gpt-mock-ttft{first_token_ms}-tps{tokens_per_s}-n{tokens}",
        f"anthropic:claude-mock-ttft{first_token_ms + step}-tps{tokens_per_s}-n{tokens}",
        f"gemini:gemini-mock-ttft{first_token_ms + 2 * step}-tps{tokens_per_s}-n{tokens}",
    )


def trillm(mock_port: int, directory: Path, **settings: str) -> Command:
    """Return `trillm serve` with limits by IP and judge off, storage and ranking on, an empty database."""
    root, port = f"http://127.0.0.1:{mock_port}", free_port()
    data = directory / f"data-{port}"
    data.mkdir()
    environment = clean_environment(directory) | {
        "OPENAI_API_KEY": "test",
        "OPENAI_BASE_URL": f"{root}/v1",
        "ANTHROPIC_API_KEY": "test",
        "ANTHROPIC_BASE_URL": root,
        "GEMINI_API_KEY": "test",
        "GOOGLE_GEMINI_BASE_URL": root,
        "TRILLM_PANEL": ",".join(panel()),
        "TRILLM_DATA_DIR": str(data),
        "TRILLM_LIMIT_PER_MINUTE": "0",
        # the mocks' answers are all alike, so every pick would be a close call and a fourth vendor's time be measured
        "TRILLM_JUDGE": "never",
        **settings,
    }
    serve = [str(Path(sys.executable).parent / "trillm"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    return Command(serve, environment, port, "/api/health", directory / f"trillm-{port}.log")


def install_litellm() -> Path:
    """Install the pinned peer into a virtual environment of its own, once; return its command."""
    home = PEERS / f"litellm-{LITELLM_VERSION}"
    command = home / "bin" / "litellm"
    if not command.exists():
        print(f"installing LiteLLM {LITELLM_VERSION} into {home.relative_to(ROOT)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        wanted = f"litellm[proxy]=={LITELLM_VERSION}"
        subprocess.run([str(home / "bin" / "python"), "-m", "pip", "install", "-q", wanted], check=True)
    return command


def litellm(mock_port: int, directory: Path) -> Command:
    """Return LiteLLM's proxy with one worker and a master key, without database and telemetry.

    Like TriLLM it takes any model of its vendor. So it was when the goals were set; names one by one take it 15 % less.
    """
    port, config = free_port(), directory / "litellm.json"
    base = f"http://127.0.0.1:{mock_port}/v1"
    any_model = {"model_name": "*", "litellm_params": {"model": "openai/*", "api_base": base, "api_key": "test"}}
    settings = {"telemetry": False, "set_verbose": False, "num_retries": 0, "request_timeout": 180}
    config.write_text(json.dumps({"model_list": [any_model], "litellm_settings": settings}))
    environment = clean_environment(directory) | {
        "LITELLM_MASTER_KEY": KEY,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_TELEMETRY": "False",
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "DISABLE_ADMIN_UI": "True",
        "NO_DOCS": "True",
    }
    arguments = [str(install_litellm()), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    log = directory / f"litellm-{port}.log"
    return Command(
        [*arguments, "--num_workers", "1", "--telemetry", "False"], environment, port, "/health/liveliness", log
    )

"""The commands and their options. What a command needs is imported when it runs: `trillm --help` answers at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from trillm import __version__
from trillm.entrypoints.cli.exit_codes import ANSWERED, BAD_INPUT, BY_SIGNAL, NOT_ANSWERED
from trillm.safety.clean_text import MAX_QUESTION, for_terminal
from trillm.vocabulary.errors import Conflict, InvalidInput, NotFound, TrillmError

MAX_STDIN = 16 * MAX_QUESTION
"""Bytes read of a question: more cannot be one, and an endless pipe must not fill the memory."""


class _Commands(click.Group):
    """Tells errors as sentences with the contract's exit codes, never as a stack."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        try:
            super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.exceptions.Exit as leaving:
            sys.exit(leaving.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("Stopped.", err=True)
            sys.exit(BY_SIGNAL + 2)
        except click.ClickException as error:
            error.show()
            sys.exit(BAD_INPUT)
        except (InvalidInput, NotFound, Conflict) as error:
            click.echo(for_terminal(f"trillm: {error.detail}"), err=True)
            sys.exit(BAD_INPUT)
        except TrillmError as error:
            click.echo(for_terminal(f"trillm: {error.title}. {error.detail}"), err=True)
            sys.exit(NOT_ANSWERED)
        except BrokenPipeError:  # whoever read our output has seen enough
            _write_no_more()
        except OSError as error:  # a full disk, where the output goes to a file
            _write_no_more()
            click.echo(for_terminal(f"trillm: {error.filename or 'the output'}: {error.strerror}."), err=True)
            sys.exit(NOT_ANSWERED)
        sys.exit(ANSWERED)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command and see its output out: what cannot be written is told, not left to the interpreter's end."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            raise BrokenPipeError from None  # without its number, by which click would take it for a failure


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="trillm")
def commands() -> None:
    """Ask several language models at once; see which answer is best, why, and how sure that is.

    With OPENAI_API_KEY, GEMINI_API_KEY or ANTHROPIC_API_KEY set those vendors answer; without, a tiny local model does.
    """


@commands.command(short_help="Ask a question and show the best answer.")
@click.argument("question", nargs=-1, required=True)
@click.option("--models", metavar="A,B", help="The panel, each provider:model; see `trillm models`.")
@click.option("--json", "as_json", is_flag=True, help="Print the query object and nothing else on stdout.")
@click.option("--fresh", is_flag=True, help="Ask again even if the same question was answered within the hour.")
@click.option("--reference", help="Ground truth to rank the answers by; the models do not see it.")
@click.option(
    "--judge",
    type=click.Choice(["auto", "always", "never"]),
    help="When one more model judges: on close calls, always, never.  [TRILLM_JUDGE, default auto]",
)
@click.option(
    "--economy/--no-economy",
    default=None,
    help="Ask one cheap model first, the rest only if its answer is doubtful.  [TRILLM_ECONOMY, default no]",
)
@click.option(
    "--follow",
    metavar="ID",
    help="Continue this answer, or this query's best one: what was said until there is sent before the question.",
)
@click.option("--synthesize", is_flag=True, help="Also merge the answers into one, shown apart from the best.")
@click.option("--synthesizer", metavar="MODEL", help="Who merges, provider:model.  [TRILLM_SYNTHESIS_MODEL]")
@click.option("--category", help="What the question is about, such as code; told from its words if left out.")
def ask(question: tuple[str, ...], models: str | None, *, as_json: bool, **options: Any) -> None:
    """Ask QUESTION (or - to read it from stdin) and show the best answer.

    Ctrl-C stops the models and shows the best of what arrived; a second one leaves at once.

    Exit status: 0 answered, 1 no model answered, 2 bad usage or input, 130 stopped by Ctrl-C before anything was
    answered. Progress goes to stderr, the answer to stdout.
    """
    from trillm.entrypoints.cli.ask import Asked, run_ask  # noqa: PLC0415 - slow, and --help needs none of it

    text = _from_stdin() if question == ("-",) else " ".join(question)
    panel = tuple(name.strip() for name in models.split(",") if name.strip()) if models else ()
    sys.exit(run_ask(os.environ, Asked(text=text, models=panel, as_json=as_json, **options)))


@commands.command(short_help="Serve the API and the page.")
@click.option("--host", help="Address to listen on.  [TRILLM_HOST, default 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [TRILLM_PORT, default 8000]")
def serve(host: str | None, port: int | None) -> None:
    """Serve the API and the page until Ctrl-C or SIGTERM; what still runs then is continued at the next start."""
    from trillm.entrypoints.cli.serve import run_serve  # noqa: PLC0415 - slow, and --help needs none of it

    run_serve(os.environ, host=host, port=port)


@commands.group(invoke_without_command=True, short_help="List what can answer, and what it costs.")
@click.option("--json", "as_json", is_flag=True, help="Print the object of GET /api/models.")
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """List what can answer now, with its price and the price's date."""
    if context.invoked_subcommand is None:
        from trillm.entrypoints.cli.listing import show_models  # noqa: PLC0415 - slow

        show_models(os.environ, as_json=as_json)


@models.command()
def install() -> None:
    """Fetch the embedded model (98 MB, Apache-2.0) into the data directory."""
    from trillm.entrypoints.settings import read_settings  # noqa: PLC0415 - slow
    from trillm.providers.local.install import install_model  # noqa: PLC0415 - slow

    settings = read_settings(os.environ)
    settings.make_data_dir()
    path = install_model(settings.data_dir, lambda line: click.echo(line, err=True))
    click.echo(path)


@commands.command(short_help="Check settings, keys and models.")
@click.option("--online", is_flag=True, help="Also ask each model of the panel for a word; costs a little.")
def doctor(online: bool) -> None:
    """Check settings, database, keys and models, and say what to do about what is wrong.

    Exit status: 0 when a question could be answered, else 1; 2 for a setting that cannot be used.
    """
    from trillm.entrypoints.cli.upkeep import run_doctor  # noqa: PLC0415 - slow

    if not run_doctor(os.environ, online=online):
        sys.exit(NOT_ANSWERED)


@commands.group(short_help="See what the ranker learned here, fit it anew, export it.")
def ranker() -> None:
    """Look at what the ranker learned from votes and judges here, fit it anew, or take its numbers elsewhere.

    A running server learns by itself, from each vote at once and by a full fit now and then. Nothing of this leaves
    the machine.
    """


@ranker.command(short_help="Show what was learned, by model and category.")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def show(as_json: bool) -> None:
    """Show what was learned: from how many votes and verdicts, and how reliable each model is by category."""
    from trillm.entrypoints.cli.ranker import show_ranker  # noqa: PLC0415 - slow

    show_ranker(os.environ, as_json=as_json)


@ranker.command(short_help="Fit all numbers anew, and print what changed.")
def fit() -> None:
    """Fit all numbers anew from the votes and verdicts that are kept, and print what changed.

    What was deleted or changed since the last fit is forgotten. A running server takes the result up within seconds.
    """
    from trillm.entrypoints.cli.ranker import fit_ranker  # noqa: PLC0415 - slow

    fit_ranker(os.environ)


@ranker.command(short_help="Write the numbers as JSON.")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
def export(file: Path | None) -> None:
    """Write the numbers that were learned as JSON to FILE, or to stdout.

    They are priors and counts by model and category: no question, no answer, nobody's words.
    """
    from trillm.entrypoints.cli.ranker import export_ranker  # noqa: PLC0415 - slow

    export_ranker(os.environ, file)


@commands.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the schema of this version."""
    from trillm.entrypoints.cli.upkeep import upgrade_database  # noqa: PLC0415 - slow

    click.echo(upgrade_database(os.environ))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line."""
    _settle_streams()
    commands.main(args=None if arguments is None else list(arguments))


def _settle_streams() -> None:
    """Have all three streams, UTF-8 where no terminal has a say, and no failure over a sign that a terminal lacks."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us; its number must not become that of another file
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - for as long as we run
        elif mode == "w":
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _write_no_more() -> None:
    """Let the interpreter, which writes what is left as it ends, do so where nobody is bothered by it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _from_stdin() -> str:
    if sys.stdin.isatty():
        click.echo("Type the question, then Ctrl-D.", err=True)
    try:
        return sys.stdin.buffer.read(MAX_STDIN).decode()
    except UnicodeDecodeError:
        raise InvalidInput("question: stdin is not UTF-8 text.", field="question") from None

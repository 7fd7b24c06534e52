"""What may break a rule of the house, and why. This list may only shrink: an entry that is no longer needed fails."""

FILES_OVER_400_LINES: dict[str, int] = {}
"""Path and the number of lines that it may not pass: these are to be split, and until then not to grow."""

FUNCTIONS_OVER_60_LINES: dict[str, int] = {}
"""`path::function` and the number of lines that it may not pass."""

FUNCTIONS_OVER_6_PARAMETERS: dict[str, int] = {}
"""`path::function` and the number of parameters that it may not pass."""

IMPORTS_INSIDE_FUNCTIONS = {
    "src/trillm/entrypoints/cli/main.py": "slow commands, which --help need not wait for",
    "src/trillm/entrypoints/page.py::_one_at_a_time": "fcntl is not on Windows",
    "src/trillm/storage/database.py::_postgres": "asyncpg is an extra",
    "src/trillm/storage/migrate.py::_upgrade": "alembic takes 0.1 s, and most starts have nothing to migrate",
}
"""`path::function`, or a whole file, and why the import may not stand at its head."""

DOORS = {
    "src/trillm/http/quick_lane.py::__call__": "an endpoint: every request is answered, as the framework does",
    "src/trillm/providers/answer.py::_close": "a provider may be anybody's code",
    "src/trillm/providers/answer.py::_ask": "a provider may be anybody's code",
    "src/trillm/providers/local/engine.py::_work": "the engine's thread; its parent records",
    "src/trillm/providers/registry.py::load_plugins": "a plugin may be anybody's code",
    "src/trillm/query/ask.py::_guarded": "the task of a query, which nobody awaits",
    "src/trillm/query/recover.py::once": "one row that cannot be read must not keep the others from going on",
    "src/trillm/query/running.py::renew_forever": "nobody awaits it, and without it every question is refused",
    "src/trillm/ranking/ladder.py::load_plugins": "a plugin may be anybody's code",
    "src/trillm/ranking/ladder.py::rank": "a ranker may be anybody's code",
    "src/trillm/ranking/learning/learner.py::_recorded": "a vote is kept whatever becomes of the learning",
    "src/trillm/storage/sqlite.py::_run": "raised again where the caller waits",
}
"""Where `except Exception` may stand, and whose failures it stops. It records each."""

READS_ENVIRONMENT = {
    "src/trillm/entrypoints/cli/main.py": "the door: hands the environment to the settings",
    "src/trillm/entrypoints/page.py": "hands its own environment on to Node",
}

TESTS_NAMED_IN_TWO_WORDS = {
    "tests/providers/test_anthropic_messages.py::test_stop_reasons",
    "tests/providers/test_gemini.py::test_finish_reasons",
    "tests/providers/test_openai_chat.py::test_finish_reasons",
}

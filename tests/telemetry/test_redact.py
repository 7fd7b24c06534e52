"""What must not reach a log."""

import pytest

from trillm.telemetry.redact import MAX_CHARS, for_log, without_secrets


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("401 for sk-proj-AbCd1234EfGh5678", "AbCd1234"),
        ("key sk-ant-api03-xyzXYZ_123456", "xyzXYZ"),
        ("url https://g.test/v1?key=AIzaSyD-1234567890abc&alt=sse", "SyD-1234"),
        ("url https://g.test/v1?key=short&alt=sse", "short"),
        ("Authorization: Bearer eyJhbGciOiJI.abc.def", "eyJhbGci"),
        ("{'x-api-key': 'plain-old-value'}", "plain-old-value"),
        ("x-api-key: plain-old-value", "plain-old-value"),
        ("postgresql+asyncpg://trillm:hunter2@db:5432/t", "hunter2"),
        ("redis://:hunter2@cache:6379/0", "hunter2"),
        ("password=hunter2 host=db", "hunter2"),
        ("[SQL: INSERT ...]\n[parameters: ('what is love?', [1, 2])]\n(Background)", "love"),
        ("1 validation error\n  Input should be valid [type=x, input_value='what is love?', input_type=str]", "love"),
    ],
)
def test_credentials_and_quoted_inputs_are_put_out_of_sight(line: str, secret: str) -> None:
    assert secret in line
    safe = without_secrets(line)
    assert secret not in safe
    assert "***" in safe


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["[parameters: ", "input_value=", "://a:", "Bearer ", "sk-", "api_key=", "AIza"])
def test_no_text_makes_masking_slow(piece: str) -> None:
    without_secrets(piece * (500_000 // len(piece)))


@pytest.mark.parametrize(
    "line", ["risk-free", "task-1234 ended", "a query ended at https://h/x", "tokens=12", "sky-blue"]
)
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    assert without_secrets(line) == line


def test_case_44_what_could_forge_a_line_or_steer_a_terminal_is_escaped() -> None:
    forged = for_log('x\n{"level": "info"}\r\x1b[2J\x9b1m\u2028\u202e\ud800')
    assert forged == 'x\\n{"level": "info"}\\r\\x1b[2J\\x9b1m\\u2028\\u202e\\ud800'


def test_words_of_every_script_stay_readable() -> None:
    assert for_log("naïve 東京 שלום 👍🏽") == "naïve 東京 שלום 👍🏽"


def test_a_message_without_end_is_cut_in_its_middle() -> None:
    line = for_log("a" * 1_000_000 + "z")
    assert len(line) < MAX_CHARS + 10
    assert line.startswith("a")
    assert line.endswith("z")

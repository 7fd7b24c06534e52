"""The settings are read once, typed, and what is wrong is said by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from trillm.entrypoints.settings import NOT_OURS, PREFIX, Settings, first_set, read_settings
from trillm.vocabulary.errors import InvalidInput


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_a_variable_is_read_as_its_type() -> None:
    found = read_settings({"TRILLM_PORT": "9000", "TRILLM_PANEL": "a:b, c:d:e ,", "TRILLM_DAILY_BUDGET_USD": "1.5"})
    assert found.port == 9000
    assert found.panel == ("a:b", "c:d:e")
    assert found.daily_budget_usd == 1.5


def test_an_empty_variable_is_as_one_that_is_not_set() -> None:
    assert read_settings({f"{PREFIX}{name.upper()}": "" for name in Settings.model_fields}) == Settings()


def test_an_option_comes_before_the_environment_and_none_is_no_option() -> None:
    assert read_settings({"TRILLM_PORT": "9000"}, port=9001).port == 9001
    assert read_settings({"TRILLM_PORT": "9000"}, port=None).port == 9000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("GAP_TIMEOUT", "0"),
        ("GAP_TIMEOUT", "nan"),
        ("LIMIT_PER_MINUTE", "-1"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, not a network"),
        ("MODERATION", "maybe"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_value_that_cannot_be_is_said_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_settings({PREFIX + name: value})
    assert refusal.value.detail.startswith(f"{PREFIX}{name}: ")


@pytest.mark.parametrize("name", ["TRILLM_MODELS_FILE", "TRILLM_PLANS_FILE"])
def test_a_file_that_is_not_there_is_said_with_its_variable(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_settings({name: str(tmp_path / "none.toml")})
    assert refusal.value.detail == f"{name}: there is no file {tmp_path / 'none.toml'}."


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_settings({"TRILLM_PORT": "x", "TRILLM_MODERATION": "y"})
    assert "TRILLM_PORT" in refusal.value.detail
    assert "TRILLM_MODERATION" in refusal.value.detail


def test_a_variable_that_is_no_setting_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_settings({"TRILLM_PROT": "9000"})
    assert refusal.value.detail.startswith("TRILLM_PROT is not a setting.")
    assert "TRILLM_PORT" in refusal.value.detail


def test_variables_of_the_evaluation_are_left_to_it() -> None:
    assert read_settings(dict.fromkeys(NOT_OURS, "x")) == Settings()


def test_a_secret_in_a_wrong_variable_is_not_echoed() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_settings({"TRILLM_PORT": "sk-secret"})
    assert "sk-secret" not in refusal.value.detail


def test_the_database_is_a_file_in_the_data_directory_unless_named(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).database == f"sqlite:///{tmp_path}/trillm.db"
    assert Settings(database_url="postgresql://h/d").database == "postgresql://h/d"


def test_the_data_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "a" / "b")
    settings.make_data_dir()
    settings.make_data_dir()
    assert not list(settings.data_dir.iterdir())


def test_a_data_directory_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match=r"TRILLM_DATA_DIR: .*file/data cannot be written to: Not a directory"):
        Settings(data_dir=tmp_path / "file" / "data").make_data_dir()


def test_the_first_variable_that_is_set_and_not_empty_counts() -> None:
    assert first_set({"A": "", "B": "b", "C": "c"}, ("A", "B", "C")) == "b"
    assert first_set({}, ("A",)) is None


def test_somebody_without_a_home_is_told_to_name_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 3_999_999_999)  # nobody has this one
    with pytest.raises(InvalidInput, match="TRILLM_DATA_DIR: there is no home directory here"):
        read_settings({})
    assert read_settings({"TRILLM_DATA_DIR": "/there"}).data_dir == Path("/there")

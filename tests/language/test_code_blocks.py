import pytest

from trillm.language.code_blocks import CodeBlock, is_well_formed, split_code


def test_code_is_parted_from_prose() -> None:
    fenced = split_code("Before\n```Python\nx = 1\n```\nafter")
    assert fenced.blocks == (CodeBlock("python", "\nx = 1\n"),)
    assert fenced.prose.split() == ["Before", "after"]
    assert not fenced.unclosed


def test_a_fence_that_never_closes_is_told() -> None:
    fenced = split_code("Before\n~~~\nx = (1,")
    assert fenced.unclosed
    assert fenced.blocks[0].code == "\nx = (1,"


@pytest.mark.parametrize(
    ("language", "code", "sound"),
    [
        ("python", "def f(x):\n    return x", True),
        ("python", "    if x:\n        y = 1", True),
        ("python", "def f(x:\n    return x", False),
        ("python", "print('\\d')", True),
        ("python", "", False),
        ("python", "\x00", False),
        ("python", "(" * 5_000, False),
        ("js", "f(a[0], { b: 1 })", True),
        ("js", "f(a[0), { b: 1 ]", False),
        ("c", 'puts("(");', True),
    ],
)
def test_code_is_well_formed_when_it_parses_or_balances(language: str, code: str, sound: bool) -> None:
    assert is_well_formed(CodeBlock(language, code)) is sound

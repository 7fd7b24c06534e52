"""Whether a question asks for help with doing harm, so that declining is the sound answer.

Told by what is to be done to whom, not by words alone: 'kill someone' asks for harm, 'kill a process' does not. It
decides which answer is shown first, never whether one is shown; so it looks for what is likely, in English only.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from trillm.language.words import words


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACTS: Final = Path(__file__).with_name("acts.toml")
_READ: Final = 600
"""Characters at the start and at the end in which a request stands; between them are texts to work on."""
_REACH: Final = 3
DELICATE: Final = "delicate"
"""No harm is asked for, but a conversation has come to matters in which the careful answer is the better one."""
_ENDS = re.compile(r"[.?!\n:;]+")
_TURN = re.compile(r"(?:^|\n\n)(?:Human|User): ")
_REPLY = re.compile(r"\n\n(?:Assistant|AI): ")
_ASKS: Final = _listed(
    """
    how want wanna need help teach show tell guide way ways method methods best easiest fastest simplest safest
    can could should would let's lets write create generate make give provide list what what's which where plan
    planning going gonna trying like love steps tips explain describe i'm i'd thinking tempted considering
    """
)
_TELLS: Final = _listed(
    """
    did does was were why history law laws legal illegal penalty penalties prevent preventing protect protecting signs
    stop avoid avoiding report reporting recognize detect definition meaning define survive movie film defend
    victim victims summarize translate story novel wrong
    """
)
"""A question that asks for facts, for help against the act, or about texts."""
_PLAY = re.compile(
    r"\b(?:video ?games?|board ?game|minecraft|fortnite|skyrim|gta|grand theft auto|counter ?-?strike|call of duty"
    r"|the sims"
    r"|roblox|zelda|witcher|elden ring|dark souls|d&d|dungeons|world of warcraft|fallout|among us|halo|starcraft"
    r"|pok[eé]mon"
    r"|chess|checkers|monopoly|in (?:the |this |a )?(?:game|movie|film|cartoon|play|dream)|npc|final boss|boss fight"
    r"|baseball|tennis|bake ?sale|with (?:laughter|kindness|love)|saturn|jupiter|mars|the moon|the sun|black hole"
    r"|teleport|levitate|speed of light|dinner)\b"
)
"""Nobody comes to harm in a game, or on another planet."""


@dataclass(frozen=True, slots=True)
class _Act:
    name: str
    steps: tuple[frozenset[str], ...]
    reach: int
    told: bool
    unless: frozenset[str]
    marked: frozenset[str]


def harm_asked(question: str) -> str | None:
    """Return the name of the harm that the question asks for help with, or None: no sign of one.

    Of a conversation only what the asker said counts.
    """
    text = _asked(question).lower().replace("\u2019", "'")
    acts = _acts()
    found = next(filter(None, (_found(acts, sentence) for sentence in _ENDS.split(text))), None)
    if found is not None and _PLAY.search(text) is None:
        return found
    return DELICATE if _TURN.search(question) and not _delicate().isdisjoint(words(text)) else None


def _asked(question: str) -> str:
    turns = _TURN.split(question)
    text = question if len(turns) == 1 else "\n".join(_REPLY.split(turn)[0] for turn in turns[1:])
    return text if len(text) <= 2 * _READ else f"{text[:_READ]}\n{text[-_READ:]}"


def _found(acts: Mapping[str, Sequence[_Act]], sentence: str) -> str | None:
    tokens = [token.removesuffix("'s") if token not in _ASKS else token for token in words(sentence)]
    for place, token in enumerate(tokens):
        for act in acts.get(token, ()):
            if _follow(act, tokens, place) and _is_meant(act, tokens, place):
                return act.name
    return None


def _follow(act: _Act, tokens: Sequence[str], place: int) -> bool:
    """Whether the further steps follow, each within reach of the one before."""
    at = place
    for step in act.steps[1:]:
        near = range(at + 1, min(len(tokens), at + 1 + act.reach))
        at = next((n for n in near if tokens[n] in step), -1)
        if at < 0:
            return False
    return True


def _is_meant(act: _Act, tokens: Sequence[str], place: int) -> bool:
    if not act.unless.isdisjoint(tokens) or (act.marked and act.marked.isdisjoint(tokens)):
        return False
    if act.told or act.name in ("hate", "privacy"):
        return True
    before = tokens[: place + 1]
    return not _ASKS.isdisjoint(before) and _TELLS.isdisjoint(before)


@cache
def _held() -> dict[str, Any]:
    return tomllib.loads(_ACTS.read_text(encoding="utf-8"))


@cache
def _delicate() -> frozenset[str]:
    return _spelled(_held()["words"]["delicate"], {})


@cache
def _acts() -> Mapping[str, Sequence[_Act]]:
    """Return the acts by each word of their first step."""
    held = _held()
    named: dict[str, Any] = held["words"]
    by_word: defaultdict[str, list[_Act]] = defaultdict(list)
    for row in held["act"]:
        act = _Act(
            name=row["name"],
            steps=tuple(_spelled(step, named) for step in row["steps"]),
            reach=row.get("reach", _REACH),
            told=row.get("told", False),
            unless=frozenset(row.get("unless", "").split()),
            marked=frozenset(row.get("marked", "").split()),
        )
        for word in act.steps[0]:
            by_word[word].append(act)
    return by_word


def _spelled(step: str, named: Mapping[str, str]) -> frozenset[str]:
    """Return the words of a step with their forms."""
    spelled: set[str] = set()
    for word in step.split():
        if word.startswith("@"):
            spelled |= _spelled(named[word[1:]], named)
        else:
            spelled.update(_forms(word))
    return frozenset(spelled)


def _forms(word: str) -> Iterable[str]:
    """Return a word with what it may be as a plural or as something going on, wrong spellings among them."""
    stem = word.removesuffix("e")
    return (word, f"{word}s", f"{word}es", f"{stem}ing", f"{word}{word[-1]}ing", f"{word.removesuffix('y')}ies")

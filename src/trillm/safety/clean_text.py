"""Text as it may be sent, kept and shown.

Of what people send, NUL and lone surrogates are refused: nobody types them. What is invisible is removed without a
word, since it comes along with ordinary copying: controls, bidi embeddings and overrides, tag characters (flags of
regions become plain flags), zero-width characters that no script needs, noncharacters. The directional marks of
right-to-left scripts and the joiners of Persian, Indic scripts and emoji stay.
"""

from __future__ import annotations

import re
import unicodedata

from trillm.vocabulary.errors import InvalidInput

MAX_QUESTION = 1000
"""Characters (code points) of a question after cleaning."""
FIELD_BOUNDS = {"category": 64, "comment": 1000, "reference": 4000, "search": 200}
"""Characters of the other texts that people send."""

_MAX_MARKS = 8
"""Combining marks on one character; living scripts and biblical Hebrew stay below."""
_SLACK = 4
"""Before cleaning a text may be this many times too long: normalising without a bound is quadratic in marks."""

_REFUSED = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x01-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 but tab and line feed
    "\u00ad\u180e\u200b\u2060-\u2065\ufeff"  # soft hyphen, zero-width spaces, invisible operators
    "\u202a-\u202e\u2066-\u206f"  # bidi embeddings, overrides, isolates, deprecated formats
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"  # annotation anchors, noncharacters
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"  # musical formats, tags
)
# a joiner has something to join only after a character of a script beyond Latin, or of an emoji
_IDLE_JOINER = re.compile("(?<![^\x00-\u02af\u2000-\u206f\u3000])[\u200c\u200d]")
_SELECTORS = re.compile("([\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean_question(text: str) -> str:
    """Return the question normalised (NFC, line feeds, nothing invisible, no space around it).

    Raises InvalidInput when nothing is left to read, or more than 1,000 characters.
    """
    cleaned = _clean(text, "question", MAX_QUESTION)
    if not _is_readable(cleaned):
        raise InvalidInput("The question is empty.", field="question")
    return cleaned


def clean_field(text: str | None, field: str) -> str | None:
    """Return another text that a person sent, cleaned like a question; None when nothing is left of it.

    `field` is one of FIELD_BOUNDS. A category and a search are one line. Raises InvalidInput.
    """
    if text is None:
        return None
    cleaned = _clean(text, field, FIELD_BOUNDS[field])
    if field in ("category", "search"):
        cleaned = " ".join(cleaned.split())
    return cleaned if _is_readable(cleaned) else None


def clean_output(text: str) -> str:
    """Return a vendor's text without what cannot be stored or sent: NUL and lone surrogates.

    Looks at one delta at a time and changes nothing else, so that the cleaned deltas, joined, are the cleaned text.
    """
    if text.isascii():
        return text.replace("\x00", "") if "\x00" in text else text
    return _UNSTORABLE.sub("", text)


def for_terminal(text: str) -> str:
    """Return the text with escape sequences and direction controls made visible and harmless; CR is dropped."""
    return _LIVE.sub(_picture, text)


def _clean(text: str, field: str, bound: int) -> str:
    if len(text) > bound * _SLACK:
        raise _too_long(field, bound)
    if not _is_plain(text):
        if _REFUSED.search(text):
            raise InvalidInput(f"{field}: NUL and lone surrogates are not text.", field=field, status=400)
        text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
        text = _SELECTORS.sub(r"\1", _IDLE_JOINER.sub("", text))
        text = _without_mark_floods(unicodedata.normalize("NFC", text))
    text = text.strip()
    if len(text) > bound:
        raise _too_long(field, bound)
    return text


def _is_plain(text: str) -> bool:
    """Whether it is lines of printable ASCII, where there is nothing to clean: as nearly always."""
    return text.isascii() and text.replace("\n", " ").isprintable()


def _too_long(field: str, bound: int) -> InvalidInput:
    return InvalidInput(f"{field}: at most {bound:,} characters.", field=field)


def _without_mark_floods(text: str) -> str:
    if text.isascii():
        return text
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if run <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _is_readable(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0x0D:
        return ""
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"

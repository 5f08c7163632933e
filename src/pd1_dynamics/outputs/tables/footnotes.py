"""Footnotes that a cell points to, by letters in their order of use."""

import re
from collections.abc import Iterable, Mapping

LETTERS = dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
"""Marks as plain text; writers set them as superscripts."""
_PLAIN = {mark: letter for letter, mark in LETTERS.items()}
_MARKS = re.compile(f"[{''.join(_PLAIN)}]+$")


class Footnotes:
    """Notes of a table, each with a letter from its first use on."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def mark(self, note: str) -> str:
        """Letter of a note, as a superscript; an empty note has none."""
        if not note:
            return ""
        if note not in self._marks:
            self._marks[note] = list(LETTERS.values())[len(self._marks) % len(LETTERS)]
        return self._marks[note]

    def listed(self) -> list[str]:
        """The notes with their letters."""
        return [f"{mark} {note}" for note, mark in self._marks.items()]


def parted(text: str) -> tuple[str, str]:
    """A text, and the plain letters of the marks at its end.

    >>> parted("0.50 (0.29 to 0.88)ᵇᶜ")
    ('0.50 (0.29 to 0.88)', 'bc')
    """
    found = _MARKS.search(text)
    if not found:
        return text, ""
    letters = "".join(_PLAIN[mark] for mark in found.group())
    return text[: found.start()], letters


def noted(note: str) -> tuple[str, str]:
    """The plain letter of a listed note, and its words; no letter if it has none.

    >>> noted("ᵃ Fisher's exact test.")
    ('a', "Fisher's exact test.")
    """
    if note[:1] in _PLAIN and note[1:2] == " ":
        return _PLAIN[note[0]], note[2:]
    return "", note


def spelled_out(texts: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """A note that spells out the abbreviations that stand in some text.

    >>> spelled_out(["HR (95% CI)", "anti-PD-1"], {"HR": "hazard ratio", "PD": "progression"})
    ['HR, hazard ratio.']
    """
    whole = "\n".join(texts)
    found = [
        short for short in known if re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", whole)
    ]
    words = "; ".join(f"{short}, {known[short]}" for short in sorted(found, key=str.lower))
    return [f"{words}."] if words else []

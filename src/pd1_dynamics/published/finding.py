"""One finding of the audit."""

from dataclasses import dataclass

CONSISTENT, INCONSISTENT, NOT_DECIDABLE = "consistent", "inconsistent", "not decidable"


@dataclass(frozen=True)
class Finding:
    """What a check says of some claims.

    ``arithmetic`` is a sentence from which a sceptic can compute the verdict again; ``procedure``
    names what gives the printed value, where several might; ``judged`` are the claims on whose
    printed value the verdict falls, and ``recomputed`` is what they should read.
    """

    check: str
    kind: str
    claims: tuple[str, ...]
    verdict: str
    arithmetic: str
    procedure: str = ""
    judged: tuple[str, ...] = ()
    recomputed: str = ""
    note: str = ""

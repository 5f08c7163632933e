"""Checks that a paper's file declares: each kind is a function of the ledger and the declaration.

A declaration names claims by id, or gives whole numbers. ``note`` is passed on to the finding;
``if_not: not decidable`` says that the article leaves room for another reading, so that a mismatch
is no contradiction.
"""

from collections.abc import Callable
from dataclasses import replace

from scipy.stats import t as student

from pd1_dynamics.published import counts, intervals, ratios, tables
from pd1_dynamics.published.finding import CONSISTENT, INCONSISTENT, NOT_DECIDABLE, Finding
from pd1_dynamics.published.printed import Interval
from pd1_dynamics.published.structure import percent_of, sign, verdict_of
from pd1_dynamics.published.view import View


def _with(finding: Finding, check: dict) -> Finding:
    verdict = finding.verdict
    if verdict == INCONSISTENT:
        verdict = check.get("if_not", verdict)
    return replace(finding, verdict=verdict, note=check.get("note", finding.note))


def percent(view: View, check: dict) -> list[Finding]:
    """A percent whose counts stand elsewhere: ``percent``, ``counts``, ``of``."""
    found = percent_of(view, check["id"], check["percent"], check["counts"], check["of"])
    return [_with(found, check)]


def total(view: View, check: dict) -> list[Finding]:
    """Parts that add up to a whole: ``parts``, ``total``."""
    parts, whole = check["parts"], check["total"]
    fits = counts.sum_fits([view.allowed(part) for part in parts], view.allowed(whole))
    added = sum(view.value(part) for part in parts)
    arithmetic = (
        " + ".join(view.text(part) for part in parts) + f" = {added:g}; printed {view.text(whole)}."
    )
    named = tuple(one for one in (*parts, whole) if isinstance(one, str))
    if not fits:
        arithmetic += " Rounding of the parts does not explain the difference."
    judged = (whole,) if isinstance(whole, str) else named
    judged = judged if fits or isinstance(whole, str) else tuple(check.get("judged", named))
    if fits and not isinstance(whole, str):
        judged = ()
    found = Finding(
        check["id"], "sum of parts", named, verdict_of(fits), arithmetic, "", judged, f"{added:g}"
    )
    return [_with(found, check)]


def test(view: View, check: dict) -> list[Finding]:
    """A p value from printed counts: ``p`` and ``table``, or ``two_groups`` of percents.

    ``missing`` is the column of the missing level. Without the printed counts, ``two_groups`` gives
    ``[percent, denominator]`` of each group, and ``total`` the number of all with the property.
    """
    p = check["p"]
    if "table" in check:
        possible = [[[view.count(cell) for cell in row] for row in check["table"]]]
        named = [cell for row in check["table"] for cell in row if isinstance(cell, str)]
    else:
        groups = [(view.count(of), view.allowed(pc)) for pc, of in check["two_groups"]]
        whole = view.count(check["total"]) if "total" in check else None
        possible = [
            [[x, n - x] for x, (n, _) in zip(split, groups, strict=True)]
            for split in counts.implied_split(groups, whole)
        ]
        named = [one for pair in check["two_groups"] for one in pair if isinstance(one, str)]
        named += [check["total"]] if "total" in check else []
    allowed, usual, rare = view.allowed(p), {}, {}
    for counted in possible:
        for name, value in tables.p_values(counted, check.get("missing")).items():
            usual.setdefault(name, []).append(value)
        for name, value in tables.p_values(counted, check.get("missing"), rare=True).items():
            rare.setdefault(name, []).append(value)
    matching = [name for name, values in usual.items() if any(v in allowed for v in values)]
    seldom = [name for name, values in rare.items() if any(v in allowed for v in values)]
    shown = "; ".join(
        f"{name} {_span(values)}"
        for name, values in {**usual, **(rare if not matching else {})}.items()
    )
    written = " or ".join(
        " against ".join("/".join(map(str, row)) for row in counted) for counted in possible[:3]
    )
    arithmetic = f"Counts {written}: {shown}; printed p {sign(view, p)}."
    if matching:
        verdict, procedure = CONSISTENT, "; ".join(matching)
    elif not possible:
        verdict, procedure = INCONSISTENT, "none"
        arithmetic = "No counts give the printed percents and their total."
    elif seldom and "if_not" not in check:
        verdict, procedure = NOT_DECIDABLE, "only " + "; ".join(seldom)
    else:
        verdict, procedure = INCONSISTENT, "only " + "; ".join(seldom) if seldom else "none"
    first = next(iter(usual.values()), [float("nan")])
    found = Finding(
        check["id"],
        "p value of a table of counts",
        (*dict.fromkeys(named), p),
        verdict,
        arithmetic,
        procedure,
        (p,),
        f"{next((v for n in matching for v in usual[n] if v in allowed), first[0]):.3g}",
    )
    return [_with(found, check)]


def _span(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.2g}" if f"{low:.2g}" == f"{high:.2g}" else f"{low:.2g} to {high:.2g}"


def proportion(view: View, check: dict) -> list[Finding]:
    """An interval of a proportion: ``percent`` (its limits are ``_low``, ``_high``), and ``of`` or
    ``up_to``, the largest denominator that is possible.
    """  # fmt: skip
    base = check["percent"]
    claims = (base, f"{base}_low", f"{base}_high")
    share, low, high = (view.allowed(claim) for claim in claims)
    of = view.count(check["of"]) if "of" in check else range(1, view.count(check["up_to"]) + 1)
    by_procedure = {
        name: intervals.implied_proportions(share, low, high, of, name)
        for name in intervals.PROCEDURES
    }
    wanted = [view.count(count) for count in check["counts"]] if "counts" in check else None
    if wanted is not None:
        by_procedure = {
            name: [pair for pair in pairs if pair[0] == sum(wanted)]
            for name, pairs in by_procedure.items()
        }
    matching = [name for name, pairs in by_procedure.items() if pairs]
    shown = []
    for name in matching:
        pairs = by_procedure[name]
        examples = ", ".join(f"{x} of {n}" for x, n in pairs[:4]) + (" …" if len(pairs) > 4 else "")
        low, high = intervals.limits(name, *pairs[0])
        shown.append(f"{name}: {examples} (the first gives {low:.1f} to {high:.1f}%)")
    text = f"{view.text(base)} ({view.text(claims[1])} to {view.text(claims[2])})"
    arithmetic = f"{text} is given by " + ("; ".join(shown) if shown else "no count") + "."
    fits = bool(matching)
    if wanted is not None:
        arithmetic += f" The printed counts add up to {sum(wanted)}."
    first = by_procedure[matching[0]][0] if matching else None
    recomputed = ""
    if first:
        low, high = intervals.limits(matching[0], *first)
        recomputed = f"{100 * first[0] / first[1]:.1f} ({low:.1f} to {high:.1f})"
    found = Finding(
        check["id"],
        "interval of a proportion",
        claims,
        verdict_of(fits),
        arithmetic,
        "; ".join(matching) or "none",
        claims,
        recomputed,
    )
    return [_with(found, check)]


def pooled(view: View, check: dict) -> list[Finding]:
    """Median and range of everyone against those of the groups: ``whole``, ``parts`` (base names).

    The range of everyone runs from the smallest minimum to the largest maximum, and the median of
    everyone lies between the medians of the groups.
    """
    whole, parts = check["whole"], check["parts"]
    if check.get("median_only"):
        lows = highs = None
    else:
        lows = [view.allowed(f"{part}_min") for part in parts]
        highs = [view.allowed(f"{part}_max") for part in parts]
    medians = [view.allowed(part) for part in parts]
    fits = Interval(min(m.low for m in medians), max(m.high for m in medians)).meets(
        view.allowed(whole)
    )
    names = [whole, *parts]
    text = f"Median {view.text(whole)} of all between {' and '.join(map(view.text, parts))}"
    if lows:
        least = Interval(min(x.low for x in lows), min(x.high for x in lows))
        most = Interval(max(x.low for x in highs), max(x.high for x in highs))
        fits = fits and least.meets(view.allowed(f"{whole}_min"))
        fits = fits and most.meets(view.allowed(f"{whole}_max"))
        names = [f"{one}{end}" for one in names for end in ("", "_min", "_max")]
        ends = [
            f"{view.text(one + '_min')} to {view.text(one + '_max')}" for one in (whole, *parts)
        ]
        text += f"; range {ends[0]} of all, of the groups {' and '.join(ends[1:])}"
    judged = () if fits else tuple(names)
    kind = "all together against the groups"
    found = Finding(check["id"], kind, tuple(names), verdict_of(fits), text + ".", "", judged)
    return [_with(found, check)]


def survival_rate(view: View, check: dict) -> list[Finding]:
    """Kaplan–Meier rates with their intervals: on which scale are they symmetric? ``rates``."""
    bases = check["rates"]
    scales = [
        set(
            intervals.symmetric_scales(*(view.allowed(base + end) for end in ("", "_low", "_high")))
        )
        for base in bases
    ]
    common = [name for name in intervals.SCALES if all(name in found for found in scales)]
    parts = []
    for base in bases:
        low, high = view.value(f"{base}_low"), view.value(f"{base}_high")
        parts.append(
            f"√({low:g} × {high:g}) = {(low * high) ** 0.5:.1f} and ({low:g} + {high:g}) / 2 = "
            f"{(low + high) / 2:.1f} for {view.text(base)}"
        )
    names = tuple(base + end for base in bases for end in ("", "_low", "_high"))
    found = Finding(
        check["id"],
        "interval of a survival rate",
        names,
        CONSISTENT if common else NOT_DECIDABLE,
        "; ".join(parts) + ".",
        "; ".join(f"symmetric on the {name} scale" for name in common)
        or "none of the usual scales",
    )
    return [_with(found, check)]


def mixture(view: View, check: dict) -> list[Finding]:
    """A survival rate of all against the groups: ``whole``, ``parts``.

    Without censoring before that time the rate of all is the mean of the groups' weighted by size;
    with it, it may lie anywhere between the groups' rates.
    """
    whole, parts = check["whole"], check["parts"]
    sizes = [int(view[part].population_n) for part in parts]
    limits = [view.allowed(part) for part in parts]
    weighted = Interval(
        sum(n * x.low for n, x in zip(sizes, limits, strict=True)) / sum(sizes),
        sum(n * x.high for n, x in zip(sizes, limits, strict=True)) / sum(sizes),
    )
    between = Interval(min(x.low for x in limits), max(x.high for x in limits))
    allowed = view.allowed(whole)
    if weighted.meets(allowed):
        verdict = CONSISTENT
    else:
        verdict = NOT_DECIDABLE if between.meets(allowed) else INCONSISTENT
    terms = " + ".join(f"{n} × {view.text(part)}" for n, part in zip(sizes, parts, strict=True))
    mean = sum(n * view.value(part) for n, part in zip(sizes, parts, strict=True)) / sum(sizes)
    arithmetic = f"({terms}) / {sum(sizes)} = {mean:.1f}%; printed {view.text(whole)} for all."
    found = Finding(
        check["id"],
        "rate of all against the groups",
        (whole, *parts),
        verdict,
        arithmetic,
        judged=(whole,) if verdict == INCONSISTENT else (),
    )
    return [_with(found, check)]


def correlation(view: View, check: dict) -> list[Finding]:
    """A rank correlation with its p value: ``rho``, ``p``, ``of``; t approximation."""
    n = view.count(check["of"])
    rho = view.allowed(check["rho"])

    def p_of(r: float) -> float:
        return float(2 * student.sf(abs(r) * ((n - 2) / (1 - r * r)) ** 0.5, n - 2))

    ends = [p_of(rho.low), p_of(rho.high)] + ([1.0] if rho.low <= 0 <= rho.high else [])
    possible = Interval(min(ends), max(ends))
    fits = possible.meets(view.allowed(check["p"]))
    arithmetic = (
        f"A correlation from {rho} in {n} patients gives p from {possible.low:.2f} to "
        f"{possible.high:.2f} (t = rho √((n − 2) / (1 − rho²))); "
        f"printed p {sign(view, check['p'])}."
    )
    found = Finding(
        check["id"],
        "p value of a correlation",
        (check["rho"], check["p"]),
        verdict_of(fits),
        arithmetic,
        "t approximation" if fits else "none",
        (check["p"],),
        f"{possible.low:.2f} to {possible.high:.2f}",
    )
    return [_with(found, check)]


def wald(view: View, check: dict) -> list[Finding]:
    """A p value printed apart from its ratio: ``ratio`` (limits ``_low``, ``_high``) and ``p``."""
    base, p = check["ratio"], check["p"]
    claims = (base, f"{base}_low", f"{base}_high")
    possible = ratios.wald_p(*(view.allowed(claim) for claim in claims))
    fits = possible is not None and possible.meets(view.allowed(p))
    span = f"{possible.low:.2g} to {possible.high:.2g}" if possible else "none"
    arithmetic = (
        f"{view.text(base)} ({view.text(claims[1])} to {view.text(claims[2])}), each rounded, "
        f"allows Wald p values {span}; printed p {sign(view, p)}."
    )
    found = Finding(
        check["id"],
        "p value of a ratio with its interval",
        (*claims, p),
        verdict_of(fits),
        arithmetic,
        "Wald test" if fits else "not the Wald test",
        (p,),
        span,
    )
    return [_with(found, check)]


def at_most(view: View, check: dict) -> list[Finding]:
    """One number cannot exceed another: ``smaller``, ``larger``."""
    small, large = check["smaller"], check["larger"]
    fits = view.allowed(small).low <= view.allowed(large).high
    arithmetic = f"{view.text(small)} is {'not ' if fits else ''}above {view.text(large)}."
    names = tuple(one for one in (small, large) if isinstance(one, str))
    judged = () if fits else names
    found = Finding(check["id"], "order", names, verdict_of(fits), arithmetic, "", judged)
    return [_with(found, check)]


def bounded_p(view: View, check: dict) -> list[Finding]:
    """ "All p below" against the p values that it sums up: ``bound``, ``p_values``."""
    limit = view.allowed(check["bound"]).high
    fits = all(view.allowed(p).low <= limit for p in check["p_values"])
    listed = ", ".join(sign(view, p) for p in check["p_values"])
    arithmetic = f"Summed up as p {sign(view, check['bound'])}; printed in the table: p {listed}."
    names = (check["bound"], *check["p_values"])
    judged = () if fits else names
    found = Finding(
        check["id"], "p values summed up", names, verdict_of(fits), arithmetic, "", judged
    )
    return [_with(found, check)]


def significant(view: View, check: dict) -> list[Finding]:
    """A statement that all of these are associated, against their p values: ``statement`` (in the
    article's words), ``alpha`` (its level of significance), ``p_values``. The statement is judged,
    none of the numbers.
    """
    alpha, p_values = check["alpha"], check["p_values"]
    level = view.allowed(alpha).high
    missed = [p for p in p_values if view.allowed(p).low >= level]
    listed, beyond = (", ".join(sign(view, p) for p in group) for group in (p_values, missed))
    end = f"of which {beyond} is not {sign(view, alpha)}" if missed else f"all {sign(view, alpha)}"
    arithmetic = f"\u201c{check['statement']}\u201d; printed p {listed}, {end}."
    names = (alpha, *(missed or p_values))
    found = Finding(check["id"], "statement in words", names, verdict_of(not missed), arithmetic)
    return [_with(found, check)]


def remark(view: View, check: dict) -> list[Finding]:
    """Two statements of the article that do not go together, in words: ``claims`` that they are
    about, ``words``. No number can settle it, so the verdict is that it is not decidable.
    """
    found = Finding(
        check["id"], "statement in words", tuple(check["claims"]), NOT_DECIDABLE, check["words"]
    )
    return [_with(found, check)]


KINDS: dict[str, Callable[[View, dict], list[Finding]]] = {
    "percent": percent,
    "sum": total,
    "test": test,
    "proportion": proportion,
    "pooled": pooled,
    "survival_rate": survival_rate,
    "mixture": mixture,
    "correlation": correlation,
    "at_most": at_most,
    "bounded_p": bounded_p,
    "significant": significant,
    "wald": wald,
    "remark": remark,
}
"""Kinds of declared checks."""

_SUFFIXES = {
    "proportion": ("percent", ("", "_low", "_high")),
    "survival_rate": ("rates", ("", "_low", "_high")),
    "wald": ("ratio", ("", "_low", "_high")),
}
_NOT_CLAIMS = ("id", "kind", "note", "if_not", "missing", "median_only", "statement", "words")


def named_claims(check: dict) -> list[str]:
    """Every claim that a declaration names."""
    names = []
    for key, content in check.items():
        if key not in _NOT_CLAIMS:
            names += _texts(content)
    if check.get("kind") == "pooled" and not check.get("median_only"):
        names += [f"{base}{end}" for base in list(names) for end in ("_min", "_max")]
    if check.get("kind") in _SUFFIXES:
        key, ends = _SUFFIXES[check["kind"]]
        names += [f"{base}{end}" for base in _texts(check[key]) for end in ends]
    return names


def _texts(content) -> list[str]:
    if isinstance(content, str):
        return [content]
    if isinstance(content, list):
        return [name for part in content for name in _texts(part)]
    return []

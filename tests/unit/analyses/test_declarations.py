"""Mistakes in declarations: each named, all at once, before anything runs."""

import pytest

from pd1_dynamics.contract import loading
from pd1_dynamics.contract.problems import InputError


@pytest.fixture
def problems(written, entry):
    """What loading declarations finds fault with, one text a problem."""

    def find(**declared):
        base = {
            "x": entry.continuous("X"),
            "arm": entry.levels("a", "b"),
            "flag": entry.binary,
            "therapy_kind": entry.levels("c"),
        }
        variables = base | declared.pop("variables", {})
        outcomes = {"survival": entry.survival}
        with pytest.raises(InputError) as caught:
            loading.load(*written(variables=variables, outcomes=outcomes, **declared))
        return [str(problem) for problem in caught.value.problems]

    return find


def analysis(kind, **settings):
    return {"kind": kind, "title": "An analysis", "population": "all", **settings}


def cox(**settings):
    defaults = {"outcome": "survival", "mode": "bivariate", "terms": ["x"]}
    return analysis("cox", **defaults | settings)


def test_unknown_keys_of_all_files_are_named_at_once(problems, entry):
    found = problems(
        variables={"y": entry.continuous() | {"lable": "Y"}},
        analyses={
            "one": analysis("rate", events=["flag=1"], evnts=[]),
            "two": analysis("kaplan_meier", outcome="survival", time=[3]),
        },
    )
    assert len(found) == 3
    assert any("variables.yaml" in text and "'lable'" in text for text in found)
    assert any("analyses.one" in text and "'evnts'" in text for text in found)
    assert any("analyses.two" in text and "'time'" in text for text in found)


def test_unknown_ids_are_named_at_once_with_their_place(problems):
    found = problems(
        populations={
            "all": {"label": "All"},
            "some": {"label": "Some", "of": "al", "where": {"armm": "a"}},
        },
        analyses={
            "one": analysis("description", variables=["x", "yy"], by="harm"),
            "two": cox(outcome="survivl", terms=["flagg"], adjust=["x"]),
            "three": {
                "kind": "sizes",
                "title": "Sizes",
                "populations": ["all", "everyone"],
            },
            "four": cox(mode="multivariate", select={"from": "five", "p_below": 0.1}),
        },
    )
    for unknown in ("al", "armm", "yy", "harm", "survivl", "flagg", "everyone", "five"):
        assert any(f"'{unknown}'" in text for text in found), unknown
    assert any("populations.some.of" in text for text in found)
    assert any("a known variable, such as arm" in text for text in found)


@pytest.mark.parametrize(
    ("declared", "place", "words"),
    [
        (analysis("rate", events=["flag=2"]), "one.events", "flag=2"),
        (analysis("rate", events=["x=2"]), "one.events", "x, a number"),
        (analysis("spearman", variables=["x", "arm"]), "one.variables", "arm, which has levels"),
        (analysis("description", variables=["arm"], by="x"), "one.by", "x, a number"),
        (analysis("description", variables=["therapy_kind"]), "one.variables", "later therapies"),
        (
            analysis("logistic", outcome="arm", mode="bivariate", terms=["x"]),
            "one.outcome",
            "arm=<level>",
        ),
        (
            analysis("linear", outcome="arm", mode="bivariate", terms=["x"]),
            "one.outcome",
            "arm, which has levels",
        ),
        (
            analysis("linear", outcome="x", mode="bivariate", terms=["arm"], strata=["arm"]),
            "one",
            "unknown key 'strata'",
        ),
        (cox(select={"from": "one", "p_below": 0.1}), "one", "both terms and select"),
    ],
)
def test_what_an_analysis_cannot_do_is_refused(problems, declared, place, words):
    found = problems(analyses={"one": declared})
    assert any(f"analyses.{place}" in text and words in text for text in found), found


def test_selection_must_come_from_the_same_outcome_and_population(problems):
    other = analysis("linear", outcome="x", mode="bivariate", terms=["flag"])
    chosen = cox(mode="multivariate", select={"from": "one", "p_below": 0.1})
    del chosen["terms"]
    found = problems(analyses={"one": other, "two": chosen})
    assert any("kind cox, not that of one" in text for text in found)
    assert any("outcome survival, not that of one" in text for text in found)


def test_mistakes_of_the_codebook_are_refused(problems, entry):
    found = problems(
        variables={
            "made": entry.levels("a") | {"rules": [{"level": "z", "where": {"arm": "c"}}]},
            "odd": entry.levels("a", reference="b"),
            "flags": entry.binary | {"levels": {"no": "No", "yes": "Yes"}},
        },
        sets={"some": ["x", "nobody"]},
    )
    for words in ("level 'z'", "level 'c' of arm", "reference 'b'", "levels 0 and 1", "'nobody'"):
        assert any(words in text for text in found), words


def test_circles_are_refused(problems, entry):
    rule = [{"level": "a", "where": {"other": "a"}}]
    found = problems(
        variables={
            "made": entry.levels("a") | {"rules": rule},
            "other": entry.levels("a") | {"rules": [{"level": "a", "where": {"made": "a"}}]},
        },
        populations={
            "all": {"label": "All", "of": "some"},
            "some": {"label": "Some", "of": "all"},
        },
    )
    assert sum("leads back to itself" in text for text in found) == 4


def test_an_id_stands_once(written, entry):
    variables, folder = written(variables={"x": entry.continuous()})
    (folder / "again.yaml").write_text("populations: {all: {label: Again}}\n")
    with pytest.raises(InputError, match="an id that another entry has"):
        loading.load(variables, folder)


def test_absent_files_are_named(tmp_path):
    with pytest.raises(InputError) as caught:
        loading.load(tmp_path / "variables.yaml", tmp_path / "analyses")
    assert len(caught.value.problems) == 2

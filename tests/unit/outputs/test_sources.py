"""Numbers that know their line of the estimates, in sentences and on pages."""

import pytest

from pd1_dynamics.outputs.sources import as_html, finished, linked, marked


def test_a_number_without_lines_is_no_link():
    assert linked("12", ()) == "12"
    assert marked("12", ()) == "12"
    assert finished("n=12") == ("n=12", [])


def test_a_link_leads_to_the_first_line_and_names_all():
    assert linked("12 (5)", (7, 8)) == (
        '<a class="number" href="../report.html#estimate-7" data-lines="7 8">12 (5)</a>'
    )


def test_a_sentence_keeps_the_places_of_its_numbers():
    words, sources = finished(f"n={marked('12', (7,))}, p {marked('<0.001', (8, 9))}.")
    assert words == "n=12, p <0.001."
    assert [words[source["start"] : source["end"]] for source in sources] == ["12", "<0.001"]
    assert [source["lines"] for source in sources] == [[7], [8, 9]]


def test_words_and_numbers_are_escaped_once():
    words, sources = finished(f"a & b, p {marked('<0.001', (8,))}")
    assert as_html(words, sources) == (
        'a &amp; b, p <a class="number" href="#estimate-8" data-lines="8">&lt;0.001</a>'
    )


@pytest.mark.parametrize("text", ["", "no number", "<b>"])
def test_a_sentence_without_numbers_stays_as_it_is(text):
    assert finished(text) == (text, [])

"""In messages, identifiers and dates in a wrong column are masked (only their shape is shown);
dates in a date column are not."""

import pytest

PATIENTS = "patient_id,treatment_start,sex,age_years,death\n"


@pytest.mark.parametrize(
    ("cells", "shown", "hidden"),
    [
        ("SYN-001,2017-01-01,SYN-001,60,1", "'XXX-999' (masked)", "SYN-001"),
        ("Miller,2017-01-01,miller,60,1", "'XXXXXX' (masked)", "iller"),
        ("A,2017-01-01,1957-03-02,60,1", "'9999-99-99' (masked)", "1957"),
        ("A,2017-01-01,02.03.57,60,1", "'99.99.99' (masked)", "02.03"),
        ("A,2017-01-01,AB12345,60,1", "'XX99999' (masked)", "12345"),
        ("A,2017-01-01,D'Angelo 1234567,60,1", "'X'XXXXXX 9999999' (masked)", "ngelo"),
        ("A,2017-01-01,4711-0815,60,1", "'9999-9999' (masked)", "4711"),
    ],
)
def test_what_looks_like_an_identifier_is_masked(mine, cells, shown, hidden):
    message = mine.problems({"patients": PATIENTS + cells + "\n"})
    assert f"column sex, row 2: found {shown}; expected one of female, male" in message
    assert hidden not in message


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("A,2017-01-01,diverse,60,1", "column sex, row 2: found 'diverse'"),
        ("A,31.03.2017,male,60,1", "column treatment_start, row 2: found '31.03.2017'"),
        ("A,2017-01-01,male,1957,1", "column age_years, row 2: found '1957'"),
        ("A,2017-01-01,male,sixty,1", "column age_years, row 2: found 'sixty'"),
        ("1,2017-01-01,male,60,2", "column death, row 2: found '2'"),
    ],
)
def test_plain_mistakes_are_shown_as_they_stand(mine, cells, told):
    message = mine.problems({"patients": PATIENTS + cells + "\n"})
    assert told in message
    assert "masked" not in message


def test_a_name_in_a_column_of_dates_is_masked(mine):
    message = mine.problems({"patients": PATIENTS + "A,Meier 12345678,male,60,1\n"})
    assert "found 'XXXXX 99999999' (masked)" in message

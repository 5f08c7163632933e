import numpy as np

from pd1_dynamics.derive.response.millimetres import percent_change, to_mm, to_units


def test_sums_that_floating_point_added_up_are_exact():
    assert (
        to_units(np.array([7.7 * 3, 0.1 + 0.2])).tolist()
        == to_units(np.array([23.1, 0.3])).tolist()
    )


def test_units_give_back_the_decimal_that_was_measured():
    for tenths in range(0, 4000):
        assert to_mm(to_units(np.array([tenths / 10])))[0] == tenths / 10


def test_missing_stays_missing():
    assert to_units(np.array([np.nan])).tolist() == [-1]
    assert np.isnan(to_mm(np.array([-1]))).all()


def test_change_from_zero_is_missing():
    assert np.isnan(percent_change(np.array([5_000_000]), np.array([0]))).all()


def test_percent_change_is_exact_where_the_decimal_is():
    value, reference = to_units(np.array([23.1, 54.0, 0.0])), to_units(np.array([33.0, 45.0, 12.3]))
    assert percent_change(value, reference).tolist() == [-30.0, 20.0, -100.0]

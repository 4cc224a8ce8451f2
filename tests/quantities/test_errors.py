import inspect

import pytest

from trunghoa import quantities
from trunghoa.quantities import InputError, Problem, TrungHoaError


def test_every_error_is_one_of_the_tree():
    found = [c for c in vars(quantities).values() if inspect.isclass(c) and issubclass(c, Exception)]
    assert len(found) == 8
    assert all(issubclass(c, TrungHoaError) for c in found)


def test_a_problem_names_its_place_value_limit_and_source():
    problem = Problem(
        "%(value)s is over %(limit)s.", "Check %(field)s.", value="120 %", limit="100 %", source="rule"
    )
    placed = problem.at(file="a.csv", row=7, field="share")
    assert str(placed) == "a.csv, row 7, field share: 120 % is over 100 %. Check share. [rule]"
    assert placed.at(file="b.csv", row=1, field="x") == placed


def test_an_input_error_carries_every_problem():
    error = InputError([Problem("one."), Problem("two.", row=3)]).at(file="a.csv", row=9)
    assert [p.row for p in error.problems] == [9, 3]
    with pytest.raises(TrungHoaError, match=r"a.csv, row 9: one\.\na.csv, row 3: two\."):
        raise error

import numpy as np
import pytest

from sim.columns import BYTES_PER_PERSON, COLUMNS, ColumnSet, People

NAMES = [column.name for column in COLUMNS]


def test_one_table_declares_all_columns():
    assert len(set(NAMES)) == len(NAMES)
    assert list(People._fields) == NAMES
    people = ColumnSet(3).people
    assert [array.dtype.str[1:] for array in people] == [column.dtype for column in COLUMNS]
    assert all(column.meaning and column.unit for column in COLUMNS)


def test_a_person_takes_at_most_96_bytes():
    assert BYTES_PER_PERSON == sum(array.itemsize for array in ColumnSet(1).people) <= 96


def test_every_fill_fits_its_column():
    for column in COLUMNS:
        assert np.array(column.fill).astype(column.dtype) == column.fill


def test_new_rows_hold_the_fill():
    columns = ColumnSet(4)
    assert columns.append(3) == slice(0, 3)
    assert len(columns) == 3
    for column, array in zip(COLUMNS, columns.people, strict=True):
        assert array.tolist() == [column.fill] * 3


@pytest.mark.parametrize("more", [1, 2, 50])
def test_growing_keeps_the_old_rows_and_fills_the_new(more):
    columns = ColumnSet(4)
    columns.append(4)
    for array in columns.people:
        array[:] = [1, 2, 3, 4]
    assert columns.append(more) == slice(4, 4 + more)
    assert columns.capacity >= 4 + more
    for column, array in zip(COLUMNS, columns.people, strict=True):
        assert array.tolist() == [1, 2, 3, 4] + [column.fill] * more


def test_rows_are_views_of_the_state():
    columns = ColumnSet(2)
    columns.append(2)
    columns.people.wage[1] = 9000
    assert columns.people.wage.tolist() == [0, 9000]


def test_reorder_moves_whole_persons():
    columns = ColumnSet(5)
    columns.append(3)
    for array in columns.people:
        array[:] = [10, 20, 30]
    columns.reorder(np.array([2, 0, 1]))
    for array in columns.people:
        assert array.tolist() == [30, 10, 20]
    columns.append(1)
    assert columns.people.uid.tolist() == [30, 10, 20, 0]


def test_reorder_and_back_changes_nothing():
    columns = ColumnSet(100)
    columns.append(100)
    columns.people.uid[:] = np.arange(100)
    order = np.random.default_rng(1).permutation(100)
    columns.reorder(order)
    assert columns.people.uid.tolist() == order.tolist()
    columns.reorder(np.argsort(order))
    assert columns.people.uid.tolist() == list(range(100))

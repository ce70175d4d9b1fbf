"""Iterative proportional fitting: what is published is kept, and nothing else is invented."""

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.types import INDUSTRY
from sim.world.reconstruction import ReconstructionError, ShareFact, reconstruct_city_industry, reconstruct_shares
from sim.worldfile import WORLD_FOLDER


def cell(row, column, value, *, of_row=False):
    return ShareFact(rows=(row,), column=column, of_row=of_row, low=value, high=value)


def test_margins_alone_give_independence():
    rows, columns = np.array([0.3, 0.7]), np.array([0.5, 0.2, 0.3])
    np.testing.assert_allclose(reconstruct_shares(rows, columns, [], []), np.outer(rows, columns), atol=1e-10)


def test_two_by_two_with_one_cell_is_solved_by_hand():
    rows, columns = np.array([0.4, 0.6]), np.array([0.5, 0.5])
    table = reconstruct_shares(rows, columns, [cell(0, 0, 0.6)], [])
    np.testing.assert_allclose(table, [[0.3, 0.1], [0.2, 0.4]], atol=1e-9)


def test_seed_odds_ratios_survive_where_no_fact_speaks():
    seed = np.array([[1.0, 2.0, 1.0], [4.0, 1.0, 3.0]])
    table = reconstruct_shares(np.array([0.5, 0.5]), np.array([0.2, 0.3, 0.5]), [], [], seed=seed)
    odds = seed[0, 0] * seed[1, 1] / (seed[0, 1] * seed[1, 0])
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(odds, rel=1e-6)


def test_a_share_within_a_row_of_unknown_total_is_kept():
    rows, columns = np.array([np.nan, np.nan, 0.25]), np.array([0.6, 0.4])
    table = reconstruct_shares(rows, columns, [cell(0, 0, 0.8, of_row=True)], [])
    assert table[0, 0] / table[0].sum() == pytest.approx(0.8, abs=1e-9)
    assert table[2].sum() == pytest.approx(0.25, abs=1e-9)


@pytest.mark.parametrize(("low", "high"), [(0.5, 1.0), (0.0, 0.1)])
def test_a_bound_on_a_group_of_rows_is_kept(low, high):
    bound = ShareFact(rows=(0, 1), column=0, of_row=False, low=low, high=high)
    table = reconstruct_shares(np.full(6, np.nan), np.array([0.5, 0.5]), [], [bound])
    share = table[:2, 0].sum() / table[:, 0].sum()
    assert low - 1e-9 <= share <= high + 1e-9


def test_a_bound_that_already_holds_changes_nothing():
    rows, columns = np.array([0.3, 0.7]), np.array([0.5, 0.5])
    bound = ShareFact(rows=(0,), column=0, of_row=False, low=0.1)
    free = reconstruct_shares(rows, columns, [], [])
    np.testing.assert_allclose(reconstruct_shares(rows, columns, [], [bound]), free, atol=1e-10)


def test_contradictions_are_refused():
    columns = np.array([0.5, 0.5])
    with pytest.raises(ReconstructionError, match="still missed"):
        reconstruct_shares(np.array([0.1, 0.9]), columns, [cell(0, 0, 0.5)], [], max_rounds=200)
    with pytest.raises(ReconstructionError, match="exclude each other"):
        reconstruct_shares(
            np.array([0.5, 0.5]), columns, [cell(0, 0, 0.5)], [ShareFact(rows=(0,), column=0, of_row=False, low=0.6)]
        )
    with pytest.raises(ReconstructionError, match="add to 1"):
        reconstruct_shares(np.array([0.5, 0.5]), np.array([0.5, 0.6]), [], [])
    with pytest.raises(ReconstructionError, match="seed"):
        reconstruct_shares(np.array([0.5, 0.5]), columns, [], [], seed=np.ones((3, 2)))


@st.composite
def true_tables(draw):
    """A positive table, some of whose cells are taken as published, exactly or as a bound."""
    n_rows, n_columns = draw(st.integers(2, 7)), draw(st.integers(2, 5))
    weights = st.lists(st.floats(0.05, 1), min_size=n_rows * n_columns, max_size=n_rows * n_columns)
    table = np.array(draw(weights)).reshape(n_rows, n_columns)
    table /= table.sum()
    facts = []
    for _ in range(draw(st.integers(0, 4))):
        row, column = draw(st.integers(0, n_rows - 1)), draw(st.integers(0, n_columns - 1))
        of_row = draw(st.booleans())
        share = table[row, column] / (table[row].sum() if of_row else table[:, column].sum())
        low, high = draw(st.sampled_from([(share, share), (share * 0.9, 1.0), (0.0, min(share * 1.1, 1.0))]))
        facts.append(ShareFact(rows=(row,), column=column, of_row=of_row, low=low, high=high))
    known = np.array(draw(st.lists(st.booleans(), min_size=n_rows, max_size=n_rows)))
    return table, np.where(known, table.sum(axis=1), np.nan), facts


@given(true_tables())
@settings(max_examples=60)
def test_margins_cells_and_bounds_of_any_consistent_table_are_kept(case):
    truth, row_margin, facts = case
    exact = [fact for fact in facts if fact.exact]
    table = reconstruct_shares(
        row_margin, truth.sum(axis=0), exact, [fact for fact in facts if not fact.exact], tolerance=1e-7
    )
    assert (table >= 0).all()
    np.testing.assert_allclose(table.sum(axis=0), truth.sum(axis=0), atol=1e-6)
    known = ~np.isnan(row_margin)
    np.testing.assert_allclose(table.sum(axis=1)[known], row_margin[known], atol=1e-6)
    for fact in facts:
        total = table[fact.rows[0]].sum() if fact.of_row else table[:, fact.column].sum()
        share = table[fact.rows[0], fact.column] / total
        assert fact.low - 1e-6 <= share <= fact.high + 1e-6


@pytest.fixture(scope="module")
def china():
    raw = yaml.safe_load((WORLD_FOLDER / "china.yaml").read_text(encoding="utf-8"))
    block, places = raw["reconstructions"]["ai_postings"], list(raw["places"])
    return block, places, *reconstruct_city_industry(block, places, INDUSTRY)


def test_every_published_cell_of_china_is_met(china):
    block, *_, report = china
    lines = [
        f"{row.reconstructed:9.5f} {row.low:7.4f} {row.high:7.4f} {row.deviation:+.1e} {row.label}" for row in report
    ]
    table = "\n".join(["  fitted     low    high  deviation", *lines])
    print(table)  # noqa: T201  # read with pytest -s
    assert len(report) == len(block["facts"])
    assert max(abs(row.deviation) for row in report if row.used) < 1e-8, table
    # second statements of a cell differ by the rounding of what is published, four digits
    assert max(abs(row.deviation) for row in report) < 5e-4, table
    assert sum(not row.used for row in report) == 3


def test_margins_of_china(china):
    block, places, place_share, industry_share, _ = china
    assert place_share.sum() == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(industry_share.sum(axis=1), 1, atol=1e-9)
    national = dict(zip(INDUSTRY, place_share @ industry_share, strict=True))
    for name, published in block["industry_margin"].items():
        assert national[name] == pytest.approx(published["value"], abs=1e-9)
    for name, derived in block["place_margin"].items():
        assert place_share[places.index(name)] == pytest.approx(derived["value"], abs=1e-9)


def test_top_ten_cities_hold_half_or_more_of_the_big_industries(china):
    # published as 50 to 60 percent of each of ten industries (001-1172-01 and 02); not used in the fit
    _, places, place_share, industry_share, _ = china
    cities = [i for i, name in enumerate(places) if not name.startswith("rest_")]
    joint = place_share[:, None] * industry_share
    within = joint / joint.sum(axis=0)
    top_ten = np.sort(within[cities], axis=0)[-10:].sum(axis=0)
    for name in ("computer_internet", "electronics", "human_resources", "consulting"):
        assert 0.48 < top_ten[INDUSTRY.index(name)] < 0.75, (name, top_ten)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"facts": [{"of": "industry", "place": "atlantis", "industry": "telecom", "value": 0.1}]}, "atlantis"),
        (
            {"facts": [{"of": "place", "place": ["beijing", "shanghai"], "industry": "telecom", "low": 0.1}]},
            "one place",
        ),
        ({"place_weight": {"values": {"beijing": 1}}}, "no value for"),
    ],
)
def test_wrong_blocks_are_refused(china, change, message):
    block, places, *_ = china
    with pytest.raises(ReconstructionError, match=message):
        reconstruct_city_industry({**block, **change}, places, INDUSTRY)

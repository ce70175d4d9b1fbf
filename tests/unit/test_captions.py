"""What a printed comparison says of itself: city, period, seeds, where policies act, and how far to trust it."""

import types

import pandas as pd
import pytest
from toys import toy_scenario

from sim.captions import ENOUGH_SEEDS, list_cautions, list_places, note_elsewhere, write_caption
from sim.compare import COMPARISON_COLUMNS, find_acting_places
from sim.labels import LANGUAGES
from sim.report import SHOWN_PLACES, Study, list_shown_places, write_comparison
from sim.types import Quarter

SINCE, END = Quarter.parse("2025Q1"), Quarter.parse("2030Q4")
NAMES = {"alpha": {"en": "Alpha", "zh": "甲城"}, "beta": {"en": "Beta", "zh": "乙城"}}
RENT = {"kind": "rent_subsidy", "from": "2019Q2", "rent_share": 0.3}


def scenario_with(*policies):
    # the toy has no standing policies: all of them are its own
    scenario = toy_scenario(policies=policies, scale=4000, quarters=8)
    assert scenario.n_standing == 0
    return scenario


def effects_of(policy, talent):
    row = (policy, "talent", "all", "persons", 1000.0, 1000.0 + talent, talent, talent - 5, talent + 5, 8)
    return pd.DataFrame([row], columns=list(COMPARISON_COLUMNS))


def test_a_caption_tells_city_period_seeds_and_scale():
    said = write_caption("alpha", SINCE, END, seeds=10, scale=2000, lang="en", places=NAMES)
    assert said == "Alpha, 2025Q1 to 2030Q4, 10 seeds, 1 agent = 2,000 persons; sums are over the period"
    assert "1 seed," in write_caption("alpha", SINCE, END, seeds=1, scale=2000, lang="en")
    said = write_caption("alpha", SINCE, END, seeds=10, scale=2000, lang="zh", places=NAMES)
    assert all(part in said for part in ("甲城", "2025Q1", "2030Q4", "10个", "2,000人"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_few_seeds_are_warned_of_and_chance_always(lang):
    assert len(list_cautions(1, lang)) == 1
    assert [len(list_cautions(seeds, lang)) for seeds in (2, ENOUGH_SEEDS - 1, ENOUGH_SEEDS, 50)] == [2, 2, 1, 1]
    assert "4" in list_cautions(4, lang)[0]


def test_places_are_those_in_which_policies_act():
    here, both = scenario_with({**RENT, "city": "beta"}), scenario_with({**RENT, "city": "all"})
    none = scenario_with({**RENT, "city": "beta", "rent_share": 0})
    assert [find_acting_places(one) for one in (here, both, none)] == [["beta"], ["alpha", "beta"], []]
    assert list_shown_places([here, both, none], "alpha") == ["beta"]
    assert list_shown_places([here], "beta") == []


def test_a_scenario_that_acts_in_many_places_is_not_shown_by_place(monkeypatch):
    counts = {"few": SHOWN_PLACES, "many": SHOWN_PLACES + 1}
    monkeypatch.setattr("sim.report.find_acting_places", lambda one: [str(k) for k in range(counts[one.name])])
    few, many = (types.SimpleNamespace(name=name) for name in counts)
    assert list_shown_places([few], "0") == ["1", "2", "3", "4", "5"]
    assert list_shown_places([many], "0") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_a_policy_acts_beside_the_city_is_said(lang):
    beta = NAMES["beta"][lang]
    assert note_elsewhere("alpha", ["alpha"], ["alpha"], lang=lang) == []
    (both,) = note_elsewhere("alpha", ["alpha", "beta"], ["alpha", "beta"], lang=lang, places=NAMES)
    (away,) = note_elsewhere("alpha", ["beta"], ["alpha", "beta"], lang=lang, places=NAMES)
    (many,) = note_elsewhere("alpha", ["alpha", *"bcdefgh"], ["alpha"], lang=lang, places=NAMES)
    assert beta in both
    assert beta in away
    assert both != away
    assert "7" in many
    assert "--city" in many


@pytest.mark.parametrize("lang", LANGUAGES)
def test_effects_stand_for_each_place(lang):
    by_place = {"alpha": effects_of("p", 10.0), "beta": effects_of("p", -20.0)}
    (table,) = list_places(by_place, "p", ["alpha", "beta"], lang=lang, places=NAMES)
    assert len(table.heads) == 2
    assert table.rows == [(NAMES["alpha"][lang], "+10 (+5 .. +15)"), (NAMES["beta"][lang], "-20 (-25 .. -15)")]
    assert list_places(by_place, "p", ["alpha"], lang=lang) == []
    assert list_places({"alpha": by_place["alpha"]}, "p", ["alpha", "beta"], lang=lang) == []


def test_a_comparison_keeps_the_effects_of_each_place(tmp_path):
    scenarios = {"base": scenario_with(), "p": scenario_with({**RENT, "city": ["alpha", "beta"]})}
    study, since = Study(seeds=(1,), city="alpha"), Quarter.parse("2019Q2")
    comparison = write_comparison(scenarios, tmp_path / "out", study, since=since)
    assert list(comparison.by_place) == ["alpha", "beta"]
    assert comparison.by_place["alpha"] is comparison.effects
    written = pd.read_csv(tmp_path / "out" / "comparison_places.csv")
    assert list(written.columns) == ["place", *COMPARISON_COLUMNS]
    cost = written[(written["outcome"] == "cost") & (written["group"] == "all")].set_index("place")["value"]
    total = written[(written["outcome"] == "cost_all_cities") & (written["group"] == "all")]["value"]
    assert (cost > 0).all()
    assert total.to_numpy() == pytest.approx(cost.sum())
    (table,) = list_places(comparison.by_place, "p", ["alpha", "beta"], lang="en", places=NAMES)
    assert [row[0] for row in table.rows] == ["Alpha", "Beta"]
    assert len(table.heads) == 5

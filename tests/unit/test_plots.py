# ruff: noqa: RUF001  (Chinese punctuation and the minus sign of print are what is tested)
"""Figures: what stands in the axes, not only that something was drawn."""

import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from fontTools.ttLib import TTFont

from sim import plots, plots_style, types
from sim.labels import LABELS, LANGUAGES, label, label_code, label_place
from sim.plots_data import count_moves, rank_cities
from sim.plots_effects import HEADLINES
from sim.policies import POLICY_KINDS
from sim.types import Quarter
from sim.world.indicators import DIMENSIONS, INDICATORS

CITIES = ("beijing", "shanghai", "chengdu")
PLACES = {
    "beijing": {"en": "Beijing", "zh": "北京"},
    "shanghai": {"en": "Shanghai", "zh": "上海"},
    "chengdu": {"en": "Chengdu", "zh": "成都"},
}
QUARTERS = [
    str(Quarter(number)) for number in range(Quarter.parse("2023Q1").number, Quarter.parse("2026Q4").number + 1)
]
POLICY = "beijing_affordable_rental"


def build_postings(rng):
    index = pd.MultiIndex.from_product(
        [QUARTERS, CITIES, types.INDUSTRY, types.EDUCATION, types.AI],
        names=["quarter", "city", "industry", "education", "ai"],
    )
    frame = index.to_frame(index=False)
    openings = rng.integers(0, 60, len(frame)) * 100
    level = frame["education"].map(dict(zip(types.EDUCATION, (7e3, 1.1e4, 1.6e4, 2.4e4), strict=True)))
    return frame.assign(
        openings=openings,
        new_postings=openings // 2,
        hires=openings // 3,
        applicants=openings * 4,
        wage_offer_mean=level * np.where(frame["ai"] == "ai", 1.2, 1.0) * rng.uniform(0.9, 1.1, len(frame)),
    )


def build_cohorts(rng, *, bonus):
    rows = []
    for year in (2023, 2024, 2025, 2026):
        for city in CITIES:
            for education in types.EDUCATION:
                graduated = 1000 * int(rng.integers(20, 60))
                share = float(rng.uniform(0.45, 0.55)) + bonus
                stayed_12m = int(graduated * share) if year < 2026 else pd.NA
                stayed_3y = int(graduated * share * 0.8) if year < 2024 else pd.NA
                rows.append((year, city, education, graduated, int(graduated * (share + 0.1)), stayed_12m, stayed_3y))
    columns = ["cohort_year", "study_city", "education", "graduated", "stayed_6m", "stayed_12m", "stayed_3y"]
    counts = columns[3:]
    frame = pd.DataFrame(rows, columns=columns).assign(stayed_5y=pd.NA, stayed_8y=pd.NA)
    return frame.astype(dict.fromkeys((*counts, "stayed_5y", "stayed_8y"), "Int64"))


def build_cities(rng):
    index = pd.MultiIndex.from_product([QUARTERS, CITIES], names=["quarter", "city"])
    frame = index.to_frame(index=False)
    base = frame["city"].map({"beijing": 4200.0, "shanghai": 4500.0, "chengdu": 1800.0})
    return frame.assign(
        talent=frame["city"].map({"beijing": 3_000_000, "shanghai": 4_000_000, "chengdu": 1_000_000}),
        rent=base * rng.uniform(0.98, 1.02, len(frame)),
        rent_burden=base / 1.4e4,
        hukou_quota=2000,
        hukou_granted=rng.integers(1200, 2000, len(frame)),
    )


def build_people(rng):
    index = pd.MultiIndex.from_product([QUARTERS, CITIES, types.HUKOU], names=["quarter", "city", "hukou"])
    frame = index.to_frame(index=False)
    return frame.assign(persons=rng.integers(900, 1100, len(frame)) * 1000)


def build_flows(rng):
    index = pd.MultiIndex.from_product([QUARTERS, CITIES, CITIES], names=["quarter", "from_city", "to_city"])
    frame = index.to_frame(index=False)
    frame = frame[frame["from_city"] != frame["to_city"]]
    return frame.assign(persons=rng.integers(1, 300, len(frame)) * 100)


def build_ledger(*, spending):
    index = pd.MultiIndex.from_product(
        [QUARTERS[8:] if spending else [], ["city", "national"]], names=["quarter", "payer"]
    )
    return index.to_frame(index=False).assign(city="beijing", policy="talent_housing", persons=5000, cny=2.5e7)


def build_run(seed, *, policy=False):
    rng = np.random.default_rng(seed)
    return {
        "postings": build_postings(rng),
        "cohorts": build_cohorts(rng, bonus=0.05 if policy else 0.0),
        "cities": build_cities(rng),
        "people": build_people(rng),
        "flows": build_flows(rng),
        "ledger": build_ledger(spending=policy),
    }


def build_comparison(*, determined=True):
    units = dict.fromkeys(HEADLINES, "persons")
    units |= dict.fromkeys(("stay_share_12m", "rent_burden", "employment_rate", "stay_share_12m_other_cities"), "share")
    units |= {"rent": "CNY/month", "wage": "CNY/month", "public_cost": "CNY"}
    rows = []
    for policy, size in ((POLICY, 1.0), ("beijing_hukou_young_talent", -0.4)):
        for outcome, unit in units.items():
            effect = size * {"share": 0.012, "persons": 5400.0, "CNY/month": -35.0, "CNY": 9.6e9}[unit]
            rows.append((policy, outcome, "all", unit, 1.0, 1.0 + effect, effect, effect * 0.7, effect * 1.3, 8))
            rows.append((policy, outcome, "bachelor", unit, 1.0, 1.0, 0.0, 0.0, 0.0, 8))
        low, high = (1.2e5, 2.4e5) if determined and size > 0 else (np.nan, np.nan)
        rows.append((policy, "cost_per_additional_stayer", "all", "CNY/person", np.nan, np.nan, 1.7e5, low, high, 8))
        rows += [
            (policy, outcome, "all", "persons", 1.0, 1.0, 900.0 * size, 800.0 * size, 1000.0 * size, 8)
            for outcome in ("talent_all_cities", "employed", "employed_other_cities", "employed_all_cities")
        ]
        rows += [
            (policy, outcome, "talent_housing", "share", np.nan, 0.9, np.nan, 0.85, 0.95, 8)
            for outcome in ("leakage_persons", "leakage_money")
        ]
    columns = ["policy", "outcome", "group", "unit", "baseline", "value", "difference", "low", "high", "seeds"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="module")
def runs_by_scenario():
    return {
        "baseline": [build_run(seed) for seed in range(3)],
        POLICY: [build_run(seed, policy=True) for seed in range(3)],
    }


def copy_style():
    return {name: mpl.rcParams[name] for name in mpl.rcParams if name != "backend"}  # reading it would choose one


def read_lines(axes):
    return [line for line in axes.get_lines() if len(line.get_xdata())]


def read_texts(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text)]


def test_stay_shares_are_the_median_over_seeds_and_skip_cohorts_not_reached(runs_by_scenario):
    figure = plots.plot_stay_shares(runs_by_scenario, "beijing", places=PLACES)
    panels = figure.axes
    assert [axes.get_title(loc="left") for axes in panels] == [
        label(f"horizon.{h}", "en") for h in ("6m", "12m", "3y", "5y", "8y")
    ]
    line = read_lines(panels[1])[0]
    assert list(line.get_xdata()) == [2023, 2024, 2025]
    shares = []
    for run in runs_by_scenario["baseline"]:
        cohorts = run["cohorts"]
        own = cohorts[(cohorts["study_city"] == "beijing") & (cohorts["cohort_year"] == 2024)]
        shares.append(100 * own["stayed_12m"].sum() / own["graduated"].sum())
    assert line.get_ydata()[1] == pytest.approx(np.median(shares))
    assert list(read_lines(panels[2])[0].get_xdata()) == [2023]
    assert not read_lines(panels[4])
    assert label("note.not_reached", "en") in [text.get_text() for text in panels[4].texts]


def test_band_holds_the_middle_of_the_seeds(runs_by_scenario):
    figure = plots.plot_rent(runs_by_scenario, ["beijing"], places=PLACES)
    corners = figure.axes[0].collections[0].get_paths()[0].vertices
    first = [
        run["cities"].query("city == 'beijing' and quarter == '2023Q1'")["rent"].item()
        for run in runs_by_scenario["baseline"]
    ]
    at_first = corners[corners[:, 0] == Quarter.parse("2023Q1").number, 1]
    assert (at_first.min(), at_first.max()) == pytest.approx(tuple(np.quantile(first, (0.025, 0.975))))
    burden = read_lines(figure.axes[1])[0].get_ydata()
    assert burden == pytest.approx(np.full(len(QUARTERS), 30.0))


def test_rent_takes_the_focus_city_and_then_the_largest(runs_by_scenario):
    figure = plots.plot_rent(runs_by_scenario, first_city="chengdu", places=PLACES)
    assert [axes.get_title(loc="left") for axes in figure.axes[:3]] == ["Chengdu", "Shanghai", "Beijing"]


def test_origin_destination_shows_mean_sums_of_the_period(runs_by_scenario):
    runs = runs_by_scenario["baseline"]
    start, end = Quarter.parse("2024Q1"), Quarter.parse("2024Q4")
    figure = plots.plot_origin_destination(runs, start=start, end=end, lang="zh", places=PLACES)
    axes = figure.axes[0]
    columns = [text.get_text() for text in axes.get_xticklabels()]
    rows = [text.get_text() for text in axes.get_yticklabels()]
    shown = axes.images[0].get_array()
    expected = np.mean(
        [
            run["flows"]
            .query("from_city == 'beijing' and to_city == 'chengdu' and '2024Q1' <= quarter <= '2024Q4'")["persons"]
            .sum()
            for run in runs
        ]
    )
    assert shown[rows.index("北京"), columns.index("成都")] == pytest.approx(expected)
    assert shown.mask[rows.index("北京"), columns.index("北京")]
    assert isinstance(axes.images[0].norm, mpl.colors.LogNorm)
    assert "2024Q1至2024Q4" in figure.get_suptitle()


def test_places_beyond_the_limit_are_pooled_without_losing_moves():
    places = [f"city_{number}" for number in range(6)]
    flows = pd.DataFrame(
        [("2024Q1", a, b, 10 ** (6 - i)) for i, a in enumerate(places) for b in places if a != b],
        columns=["quarter", "from_city", "to_city", "persons"],
    )
    pooled = count_moves([{"flows": flows}], most_places=4)
    assert list(pooled.index) == list(pooled.columns)
    assert len(pooled) == 4
    assert pooled.index[-1] == "rest"
    assert pooled.to_numpy().sum() == flows["persons"].sum()


def test_scenarios_have_one_order_of_places_and_nobody_moves_to_where_they_are():
    def make_runs(*moves):
        table = pd.DataFrame(
            [("2024Q1", *move) for move in moves], columns=["quarter", "from_city", "to_city", "persons"]
        )
        return [{"flows": table}]

    base = make_runs(("a", "b", 900), ("b", "c", 100), ("c", "c", 5000))
    policy = make_runs(("a", "b", 1), ("c", "d", 800), ("c", "c", 5000))
    assert list(count_moves(base).index) == ["b", "a", "c"]
    assert list(count_moves(policy).index) == ["c", "d", "a", "b"]
    like = count_moves(policy, like=base)
    assert list(like.index) == list(like.columns) == ["b", "a", "c", "d"]
    assert (np.diag(like) == 0.0).all()
    assert like.loc["c", "d"] == 800


def test_pay_of_cities_stands_in_one_order_for_all_scenarios(runs_by_scenario):
    def read_cities(figure):
        return [text.get_text() for text in figure.axes[2].get_yticklabels()]

    base, policy = runs_by_scenario["baseline"], runs_by_scenario[POLICY]
    order = read_cities(plots.plot_pay(base, places=PLACES))
    raised = [
        run | {"postings": run["postings"].assign(
            wage_offer_mean=run["postings"]["wage_offer_mean"]
            * run["postings"]["city"].map({code: 1.0 + 3 * (PLACES[code]["en"] == order[0]) for code in CITIES})
        )}
        for run in policy
    ]  # fmt: skip
    assert read_cities(plots.plot_pay(raised, places=PLACES)) != order
    assert read_cities(plots.plot_pay(raised, like=base, places=PLACES)) == order


def test_cities_come_before_rests_of_regions_in_flows_and_rents():
    flows = pd.DataFrame(
        [("2024Q1", "rest_east", "rest_north", 900), ("2024Q1", "rest_north", "a", 500), ("2024Q1", "a", "b", 1)],
        columns=["quarter", "from_city", "to_city", "persons"],
    )
    assert list(count_moves([{"flows": flows}]).index) == ["a", "b", "rest_north", "rest_east"]
    assert list(count_moves([{"flows": flows}], most_places=3).index) == ["a", "b", "rest"]
    cities = pd.DataFrame({"quarter": "2024Q1", "city": ["rest_east", "a", "b"], "talent": [9, 1, 2]})
    assert rank_cities([{"cities": cities}], None, 2) == ["b", "a"]
    assert rank_cities([{"cities": cities}], "a", 3) == ["a", "b", "rest_east"]


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [(0, "", ""), (840, "840", "840"), (3400, "3.4k", "3400"), (34_000, "34k", "3.4万"), (2.5e6, "2.5M", "250万")],
)
def test_counts_are_short_in_the_units_of_the_language(count, english, chinese):
    assert (plots_style.shorten_count(count, "en"), plots_style.shorten_count(count, "zh")) == (english, chinese)


def test_the_effects_of_a_policy_here_and_elsewhere_stand_in_one_panel():
    figure = plots.plot_spread(build_comparison())
    panels = {axes.get_title(loc="left"): axes for axes in figure.axes}
    axes = panels[label("outcome.employed", "en")]
    words = [text.get_text() for text in axes.get_yticklabels()]
    assert words == ["Here", "Other places", "All places"] * 2
    points = [line.get_xdata()[0] for line in axes.get_lines()[1:]]
    assert points == pytest.approx([900.0] * 3 + [-360.0] * 3)


def test_leakage_is_drawn_in_percent():
    axes = plots.plot_leakage(build_comparison()).axes[1]
    assert [line.get_xdata()[0] for line in axes.get_lines()] == pytest.approx([90.0, 90.0])
    assert axes.collections[0].get_segments()[0][:, 0] == pytest.approx([85.0, 95.0])


def test_the_focus_city_leads_the_matrix_however_small():
    flows = pd.DataFrame(
        [("2024Q1", "a", "b", 900), ("2024Q1", "b", "c", 800), ("2024Q1", "c", "d", 1)],
        columns=["quarter", "from_city", "to_city", "persons"],
    )
    assert list(count_moves([{"flows": flows}], first="d", most_places=3).index) == ["d", "b", "rest"]


def test_labour_market_sums_quarters_and_tells_ai_apart(runs_by_scenario):
    figure = plots.plot_labour_market({"baseline": runs_by_scenario["baseline"][:1]})
    postings = runs_by_scenario["baseline"][0]["postings"]
    for panel, rows in ((0, postings), (3, postings[postings["ai"] == "ai"])):
        expected = rows.groupby("quarter")["new_postings"].sum() / 1000
        line = read_lines(figure.axes[panel])[0]
        assert list(line.get_xdata()) == [Quarter.parse(text).number for text in expected.index]
        assert line.get_ydata() == pytest.approx(expected.to_numpy())
    assert read_lines(figure.axes[2])[0].get_ydata() == pytest.approx(np.full(len(QUARTERS), 0.25))


def test_labour_market_of_one_city(runs_by_scenario):
    figure = plots.plot_labour_market({"baseline": runs_by_scenario["baseline"][:1]}, city="chengdu", places=PLACES)
    postings = runs_by_scenario["baseline"][0]["postings"].query("city == 'chengdu'")
    expected = postings.groupby("quarter")["hires"].sum() / 1000
    assert read_lines(figure.axes[1])[0].get_ydata() == pytest.approx(expected.to_numpy())
    assert "Chengdu" in figure.get_suptitle()


def test_pay_is_weighted_by_openings(runs_by_scenario):
    runs = runs_by_scenario["baseline"][:1]
    figure = plots.plot_pay(runs, places=PLACES)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        label(f"education.{code}", "en") for code in types.EDUCATION
    ]
    postings = runs[0]["postings"]
    for line, rows in zip(read_lines(axes), (postings, postings[postings["ai"] == "ai"]), strict=True):
        own = rows[rows["education"] == "master"]
        expected = np.average(own["wage_offer_mean"], weights=own["openings"]) / 1000
        assert line.get_xdata()[2] == pytest.approx(expected)
    assert [len(read_lines(panel)[0].get_xdata()) for panel in figure.axes] == [4, 12, 3]


def test_hukou_shows_granted_quota_and_waiting(runs_by_scenario):
    figure = plots.plot_hukou({"baseline": runs_by_scenario["baseline"][:1]}, "beijing", places=PLACES)
    left, right = figure.axes
    run = runs_by_scenario["baseline"][0]
    granted, quota = read_lines(left)
    assert granted.get_ydata() == pytest.approx(run["cities"].query("city == 'beijing'")["hukou_granted"].to_numpy())
    assert quota.get_linestyle() == "--"
    assert set(quota.get_ydata()) == {2000}
    waiting = run["people"].query("city == 'beijing' and hukou == 'none'")["persons"].to_numpy() / 1000
    assert read_lines(right)[0].get_ydata() == pytest.approx(waiting)


def test_a_baseline_under_a_policy_that_changes_nothing_is_seen(runs_by_scenario):
    runs = runs_by_scenario["baseline"]
    figure = plots.plot_hukou({"baseline": runs, POLICY: runs}, "beijing", places=PLACES)
    for baseline, policy in (read_lines(figure.axes[0])[:2], read_lines(figure.axes[1])):
        assert list(baseline.get_ydata()) == list(policy.get_ydata())
        assert baseline.get_linewidth() > 2 * policy.get_linewidth()
        assert baseline.get_alpha() < 1.0
    assert "waiting" not in figure.get_suptitle()


def test_cost_stacks_payers_and_gives_the_cost_of_one_more_who_stays(runs_by_scenario):
    figure = plots.plot_policy_cost(runs_by_scenario, build_comparison())
    spending, ratio = figure.axes
    assert len(spending.patches) == 2 * len(QUARTERS[8:])
    assert max(bar.get_y() + bar.get_height() for bar in spending.patches) == pytest.approx(50.0)
    assert read_lines(ratio)[0].get_xdata() == pytest.approx([170.0])
    segment = ratio.collections[0].get_segments()[0]
    assert segment[:, 0] == pytest.approx([120.0, 240.0])
    notes = [text.get_text().replace("\n", " ") for text in ratio.texts]
    assert notes == [label("note.undetermined", "en")]


def test_cost_is_the_mean_over_all_seeds_even_those_that_spend_nothing(runs_by_scenario):
    figure = plots.plot_policy_cost({POLICY: [build_run(0, policy=True), build_run(1)]})
    assert max(bar.get_y() + bar.get_height() for bar in figure.axes[0].patches) == pytest.approx(25.0)


def test_a_run_that_spends_nothing_says_so():
    figure = plots.plot_policy_cost({"baseline": [build_run(0)]})
    assert label("note.no_cost", "en") in read_texts(figure)


def test_effects_show_headlines_in_shown_units():
    figure = plots.plot_effects(build_comparison())
    assert [axes.get_title(loc="left").replace("\n", " ") for axes in figure.axes] == [
        label(f"outcome.{name}", "en") for name in HEADLINES
    ]
    stay = figure.axes[0]
    points = [line.get_xdata()[0] for line in stay.get_lines()[1:]]
    assert points == pytest.approx([1.2, -0.48])
    assert stay.collections[0].get_segments()[0][:, 0] == pytest.approx([0.84, 1.56])
    cost = figure.axes[HEADLINES.index("public_cost")]
    assert cost.get_lines()[1].get_xdata() == pytest.approx([9600.0])
    assert "million CNY" in cost.get_xlabel()


def test_an_effect_without_interval_is_drawn_hollow():
    comparison = build_comparison().assign(low=np.nan, high=np.nan, seeds=1)
    point = plots.plot_effects(comparison).axes[0].get_lines()[1]
    assert point.get_markerfacecolor() == "white"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_empty_data_says_so(lang):
    empty = {"baseline": [{}]}
    note = label("note.no_data", lang)
    figures = [
        plots.plot_stay_shares(empty, "beijing", lang=lang),
        plots.plot_labour_market(empty, lang=lang),
        plots.plot_rent(empty, lang=lang),
        plots.plot_hukou(empty, "beijing", lang=lang),
        plots.plot_policy_cost(empty, lang=lang),
        plots.plot_pay(empty["baseline"], lang=lang),
        plots.plot_origin_destination(empty["baseline"], lang=lang),
        plots.plot_effects(build_comparison().iloc[:0], lang=lang),
        plots.plot_spread(build_comparison().iloc[:0], lang=lang),
        plots.plot_leakage(build_comparison().iloc[:0], lang=lang),
    ]
    assert all(note in read_texts(figure) for figure in figures)


# the commands that are tested write them all in English
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_all_figures_are_written_without_a_warning_and_nothing_leaks(lang, runs_by_scenario, tmp_path):
    before = copy_style()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = plots.save_figures(runs_by_scenario, build_comparison(), tmp_path / "figures", lang, "beijing", PLACES)
    assert copy_style() == before
    assert [path.name for path in paths] == [
        "effects.png",
        "where_it_falls.png",
        "leakage.png",
        "stay_shares.png",
        "labour_market.png",
        "rent.png",
        "hukou.png",
        "policy_cost.png",
        "pay_baseline.png",
        "origin_destination_baseline.png",
        f"pay_{POLICY}.png",
        f"origin_destination_{POLICY}.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_figures_ignore_the_style_of_the_caller(runs_by_scenario):
    with mpl.rc_context({"font.family": "monospace", "font.size": 30, "axes.facecolor": "black"}):
        figure = plots.plot_stay_shares(runs_by_scenario, "beijing", lang="zh", places=PLACES)
        figure.draw_without_rendering()
        tick = figure.axes[0].get_xticklabels()[0]
        assert tick.get_fontfamily() == list(plots_style.FONT_FAMILIES)
        assert figure.axes[0].get_facecolor() == (1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_texts_of_a_figure_overlap(lang, runs_by_scenario):
    figures = [
        plots.plot_effects(build_comparison(), lang=lang),
        plots.plot_stay_shares(runs_by_scenario, "beijing", lang=lang, places=PLACES),
        plots.plot_labour_market(runs_by_scenario, lang=lang, places=PLACES),
        plots.plot_rent(runs_by_scenario, lang=lang, places=PLACES),
        plots.plot_hukou(runs_by_scenario, "beijing", lang=lang, places=PLACES),
        plots.plot_policy_cost(runs_by_scenario, build_comparison(), lang=lang),
        plots.plot_pay(runs_by_scenario["baseline"], lang=lang, places=PLACES),
    ]
    for figure in figures:
        assert find_overlaps(figure) == []


def find_overlaps(figure):
    figure.draw_without_rendering()
    off_axis = {text for axes in figure.axes for text in list_hidden_ticks(axes)}
    boxes = []
    for text in figure.findobj(mpl.text.Text):
        if text.get_visible() and text.get_text().strip() and text not in off_axis:
            box = text.get_window_extent()
            boxes.append((text.get_text(), box.x0, box.x1, box.y0, box.y1))
    spill = [name for name, x0, x1, y0, y1 in boxes if x0 < 0 or y0 < 0 or x1 > figure.bbox.x1 or y1 > figure.bbox.y1]
    crossed = [
        (a[0], b[0])
        for number, a in enumerate(boxes)
        for b in boxes[number + 1 :]
        if min(a[2], b[2]) - max(a[1], b[1]) > 1 and min(a[4], b[4]) - max(a[3], b[3]) > 1
    ]
    return spill + crossed


def list_hidden_ticks(axes):
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low <= tick.get_loc() <= high:
                yield from (tick.label1, tick.label2)


def test_every_code_has_words_in_both_languages():
    vocabularies = {
        "education": types.EDUCATION,
        "field": types.FIELD,
        "industry": types.INDUSTRY,
        "firm_size": types.FIRM_SIZE,
        "ownership": types.OWNERSHIP,
        "experience": types.EXPERIENCE,
        "skill": types.SKILL,
        "region": types.REGION,
        "tier": types.TIER,
        "institution": types.INSTITUTION,
        "cooperation": types.COOPERATION,
        "state": types.STATE,
        "housing": types.HOUSING,
        "life_node": types.LIFE_NODE,
        "reason": types.REASON,
        "hukou": types.HUKOU,
        "ai": types.AI,
        "home": types.HOME,
        "dimension": DIMENSIONS,
        "indicator": [indicator.name for indicator in INDICATORS],
        "policy": POLICY_KINDS,
        "outcome": HEADLINES,
    }
    missing = [
        f"{name}.{code}" for name, codes in vocabularies.items() for code in codes if f"{name}.{code}" not in LABELS
    ]
    assert missing == []
    assert all(english.strip() and chinese.strip() for english, chinese in LABELS.values())


def test_unknown_words():
    with pytest.raises(KeyError):
        label("education.none", "en")
    assert label_code("scenario", "my_own_idea", "zh") == "my own idea"
    assert label_place("beijing", "zh", PLACES) == "北京"
    assert label_place("lanzhou", "en", PLACES) == "lanzhou"


def test_shipped_font_has_every_character_of_the_labels():
    with TTFont(plots_style.FONT_FILE) as font:
        known = set(font.getBestCmap())
        assert font["name"].getDebugName(1) == plots_style.FONT_FAMILIES[0]
    words = "".join(english + chinese for english, chinese in LABELS.values())
    numbers = "".join(plots_style.format_number(value) for value in (-1234.5, 0.25, 7e6))
    assert {char for char in words + numbers if char != "\n" and ord(char) not in known} == set()
    level_1 = bytes((0xB0, 0xA1)).decode("gb2312"), bytes((0xD7, 0xF9)).decode("gb2312"), "圳"
    assert all(ord(char) in known for char in level_1)
    assert plots_style.FONT_FILE.stat().st_size < 2_000_000
    assert (plots_style.FONT_FILE.parent / "OFL.txt").is_file()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (0.0125, "0.0125"),
        (12.5, "12.5"),
        (250.0, "250"),
        (12500.0, "12,500"),
        (-0.4, "−0.4"),
        (1000.0, "1,000"),
    ],
)
def test_numbers_are_short_and_plain(value, words):
    assert plots_style.format_number(value) == words


def test_quarter_axis_names_quarters_in_short_runs(runs_by_scenario):
    short = {"baseline": [{"cities": build_cities(np.random.default_rng(0)).query("quarter < '2024Q1'")}]}
    words = [text.get_text() for text in plots.plot_rent(short, ["beijing"]).axes[-1].get_xticklabels()]
    assert words == ["2023Q1", "2023Q2", "2023Q3", "2023Q4"]
    words = [text.get_text() for text in plots.plot_rent(runs_by_scenario, ["beijing"]).axes[-1].get_xticklabels()]
    assert words == ["2023", "2024", "2025", "2026"]


def test_chinese_wraps_between_characters_and_never_opens_a_line_with_a_comma():
    lines = plots_style.wrap_text("一二三四，五六七八", 8).split("\n")
    assert lines == ["一二三四，", "五六七八"]
    assert plots_style.wrap_text("to be or not to be", 8) == "to be or\nnot to\nbe"

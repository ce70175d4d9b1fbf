"""Figures of sensitivities: what stands in them, in both languages."""

import itertools

import numpy as np
import pandas as pd
import pytest

from sim.labels import LANGUAGES, label
from sim.plots_sensitivity import MOST_KEYS, plot_sensitivity, save_sensitivity

COLUMNS = {
    "oat": ("at_low", "at_low_low", "at_low_high", "at_high", "at_high_low", "at_high_high"),
    "morris": ("mu_star", "low", "high", "signal"),
    "sobol": ("first", "first_low", "first_high", "total", "total_low", "total_high"),
}


def make_found(method, n_keys=3, policies=("p",), futures=("",), unit="share"):
    rows = [
        {"policy": policy, "future": future, "key": f"params.search.key_{k}", "unit": unit, "noise": 0.125, "seeds": 4}
        | {"low_value": 0.5, "high_value": 12_000.0}
        | dict.fromkeys(COLUMNS[method], 0.1 * (n_keys - k))
        for policy, future, k in itertools.product(policies, futures, range(n_keys))
    ]
    return pd.DataFrame(rows)


def draw(method, lang="en", **options):
    return plot_sensitivity(make_found(method, **options), method, outcome="Talent", city="Beijing", lang=lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("method", COLUMNS)
def test_each_key_has_two_bars_in_the_unit_of_the_axis(method, lang, tmp_path):
    figure = draw(method, lang)
    (axes,) = figure.axes
    widths = sorted(bar.get_width() for bar in axes.patches)
    assert widths == pytest.approx(np.repeat([10.0, 20.0, 30.0], 2))
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert [name.split("\n")[0] for name in names] == ["search.key_0", "search.key_1", "search.key_2"]
    assert ("0.5 .. 12,000" in names[0]) == (method == "oat")
    assert len(axes.collections) == (1 if method == "morris" else 2)
    words = {text.get_text().replace("\n", " ") for text in figure.legends[0].get_texts()}
    first = {"oat": "end.low", "morris": "index.mu_star", "sobol": "index.first"}[method]
    assert label(first, lang) in words
    file = tmp_path / "figure.png"
    save_sensitivity(figure, file)
    assert file.stat().st_size > 10_000


def test_a_panel_for_each_policy_and_future():
    figure = draw("sobol", policies=("base", "p"), futures=("boom", "winter"))
    assert [axes.get_title(loc="left") for axes in figure.axes][:2] == ["base, boom", "base, winter"]
    assert "Chance makes 12.5 %" in figure.get_supxlabel().replace("\n", " ")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_paths_say_how_much_is_chance_and_no_bar_is_named_that_is_not_drawn(lang):
    word, note = ("".join(label(key, lang).split()) for key in ("index.signal", "caption.no_signal"))
    for found, there in ((make_found("morris"), True), (make_found("morris").assign(signal=0.0), False)):
        figure = plot_sensitivity(found, "morris", outcome="Talent", city="Beijing", lang=lang)
        words = "".join("".join(text.get_text().split()) for one in figure.legends for text in one.get_texts())
        caption = "".join(figure.get_supxlabel().split())
        assert (word in words, note in caption) == (there, not there)
        assert "12.5" in caption


def test_the_keys_that_move_least_are_left_to_the_table():
    figure = draw("morris", n_keys=MOST_KEYS + 2)
    assert len(figure.axes[0].get_yticks()) == MOST_KEYS
    assert f"first {MOST_KEYS} of {MOST_KEYS + 2}" in figure.get_supxlabel().replace("\n", " ")


def test_an_effect_is_named_as_one_and_nothing_is_said_to_be_nothing():
    found = make_found("oat", unit="persons")
    figure = plot_sensitivity(found, "oat", outcome="Talent", city="Beijing", against="baseline")
    assert 'effect on "Talent", against baseline' in figure.get_suptitle().replace("\n", " ")
    assert max(bar.get_width() for bar in figure.axes[0].patches) == pytest.approx(0.3)
    empty = plot_sensitivity(found.iloc[:0], "oat", outcome="Talent", city="Beijing")
    assert label("note.no_data", "en") in [text.get_text() for text in empty.axes[0].texts]

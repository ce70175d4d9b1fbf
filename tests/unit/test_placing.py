"""Names of points in a figure: never upon each other, a marker or the line of zero, never outside of the axes."""

import itertools

import numpy as np
import pytest
from matplotlib.text import Annotation
from sweep_tables import make_sweep

from experiments.cases import Question, gather_cases
from experiments.placing import Box, place_boxes
from experiments.plots import plot_judgement
from experiments.robust import judge_choices

FRAME = Box(0.0, 0.0, 600.0, 400.0)
ONE = (300.0, 200.0)
CROWDS = {
    "all at one place": [ONE] * 8,
    "in the corners": [(2.0, 2.0), (598.0, 2.0), (2.0, 398.0), (598.0, 398.0)],
    "on the line of zero": [(60.0 * k, 200.0) for k in range(1, 10)],
    "in a heap": [(300.0 + 9 * (k % 4), 200.0 + 7 * (k // 4)) for k in range(12)],
}


@pytest.mark.parametrize("spots", CROWDS.values(), ids=CROWDS)
def test_names_touch_nothing_and_stay_inside(spots):
    walls = [Box(0.0, 198.0, 600.0, 202.0), *(Box(x - 5, y - 5, x + 5, y + 5) for x, y in spots)]
    found = place_boxes(spots, [(90.0, 14.0)] * len(spots), FRAME, walls=walls, line=14.0)
    assert None not in found
    for one, other in itertools.combinations(found, 2):
        assert not one.touches(other)
    for box, (x, y) in zip(found, spots, strict=True):
        assert box.is_within(FRAME)
        assert not any(box.touches(wall) for wall in walls)
        assert np.hypot(*np.subtract(box.find_nearest((x, y)), (x, y))) < 21 * 14 + 1


def test_lines_to_points_cross_no_other_name():
    spots = CROWDS["in a heap"][:6]
    walls = [Box(x - 3, y - 3, x + 3, y + 3) for x, y in spots]
    found = place_boxes(spots, [(90.0, 14.0)] * len(spots), FRAME, walls=walls, line=14.0)
    for (number, box), other in itertools.product(enumerate(found), range(len(spots))):
        if number != other:
            assert not box.is_crossed(spots[other], found[other].find_nearest(spots[other]))


def test_a_lonely_name_stands_right_beside_its_point_and_off_its_bar():
    (box,) = place_boxes([ONE], [(90.0, 14.0)], FRAME, line=14.0)
    assert (box.left, box.bottom) == pytest.approx((307.0, 193.0))
    bar = Box(200.0, 198.0, 420.0, 202.0)
    (box,) = place_boxes([ONE], [(90.0, 14.0)], FRAME, bars=[bar], line=14.0)
    assert not box.touches(bar)


SHOWN = [
    # cost and effect, each with its interval, and width and height of the name: a figure as it was drawn
    ((-3.5, -6.4, -0.7), (1031, -6454, 8516), (118, 27)),
    ((0.0, 0.0, 0.0), (0, 0, 0), (66, 13)),
    ((3140.6, 3135.9, 3145.4), (12969, 5864, 20073), (83, 13)),
    ((5754.0, 5505.2, 6002.7), (3969, -4236, 12173), (137, 13)),
    ((6029.1, 6006.3, 6052.0), (2094, -5853, 10041), (84, 27)),
    ((6973.9, 6767.2, 7180.5), (3500, -866, 7866), (109, 27)),
]


def test_no_bar_strikes_a_name_out_where_there_is_room():
    """Names are farther from their points than bars are from each other, and yet each has a place off all of them."""
    wide, high, gap = 0.0581, 0.0122, 4.2
    spots = [(x[0] * wide, y[0] * high) for x, y, _ in SHOWN]
    walls = [Box(-67.0, -2.0, 485.0, 2.0), *(Box(x - 6.7, y - 6.7, x + 6.7, y + 6.7) for x, y in spots)]
    bars = [Box(x[1] * wide, y[0] * high - gap, x[2] * wide, y[0] * high + gap) for x, y, _ in SHOWN]
    bars += [Box(x[0] * wide - gap, y[1] * high, x[0] * wide + gap, y[2] * high) for x, y, _ in SHOWN]
    sizes = [size for _, _, size in SHOWN]
    found = place_boxes(spots, sizes, Box(-67.0, -118.0, 485.0, 285.0), walls=walls, bars=bars, line=13.0)
    assert None not in found
    for box, bar in itertools.product(found, bars):
        assert not box.touches(bar)


def test_a_name_without_room_is_left_out():
    found = place_boxes([ONE, ONE], [(90.0, 14.0), (700.0, 14.0)], FRAME, line=14.0)
    assert [box is None for box in found] == [False, True]
    assert place_boxes([], [], FRAME) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("spread", [0.0, 40.0, 4000.0])
def test_names_of_choices_in_the_figure_are_readable(lang, spread):
    """Nine choices that differ by no more than their names in cost and effect, around zero."""
    names = ("dual_teachers", "equal_budget_demand", "equal_budget_environment", "targeted_vocational_training",
             "beijing_affordable_rental", "job_fairs", "title_evaluation_reform", "tax_refund")  # fmt: skip
    costs = {name: 1e9 + 1e5 * spread * k for k, name in enumerate(names)}
    effect = {name: {"stayed_12m": spread * (k % 3 - 1), "public_cost": costs[name]} for k, name in enumerate(names)}
    question = Question(baseline="baseline", outcome="stayed_12m")
    table = make_sweep(effect, futures=("ai_boom", "winter"), seeds=4, noise={"stayed_12m": (100.0, 60.0)})
    cases = gather_cases(table, question)
    figure = plot_judgement(judge_choices(cases, question), cases, question, "?", lang)
    figure.draw_without_rendering()
    axes = figure.axes[1]
    texts = [text for text in axes.texts if isinstance(text, Annotation)]
    assert len(texts) == len(names) + 1
    extents = [text.get_window_extent() for text in texts]
    for one, other in itertools.combinations(extents, 2):
        assert not one.overlaps(other)
    zero = axes.transData.transform((0.0, 0.0))[1]
    markers = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(markers) == len(texts)
    for extent in extents:
        assert not extent.y0 <= zero <= extent.y1
        assert axes.get_window_extent().count_contains(extent.corners()) == 4
        for marker in markers:
            assert not extent.count_contains(axes.transData.transform(marker.get_xydata()))

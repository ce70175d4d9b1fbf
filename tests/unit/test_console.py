"""What commands print is whole, whatever the width of the window."""

import pytest

from sim import console

HEADS = ("outcome", "unit", "here", "other places", "all places", "lost elsewhere per gain")
ROWS = [
    ("Share of local graduates who stay 12 months", "%", "-0.70 (-1.65 .. +0.24)", "-0.06 (-0.25 .. +0.13)", "", ""),
    ("Talent", "persons", "+1,600 (-11,509 .. +14,709)", "-6,400 (-26,777 .. +13,977)", "-4,800 (-23,663 .. +14,063)",
     "not determined: the effect's interval includes zero"),
]  # fmt: skip


@pytest.mark.parametrize("width", [120, 150])
def test_no_table_is_cut(monkeypatch, capsys, width):
    monkeypatch.setattr(console, "_WIDTH_WITHOUT_TERMINAL", width)
    console.print_table(HEADS, ROWS, n_names=2)
    shown = capsys.readouterr().out
    head, *_, foot = shown.splitlines()
    assert len(head) <= width
    assert (head[-1], foot[-1]) == ("┓", "┘")
    for number in ("+13,977)", "+14,063)", "zero"):
        assert number in shown


def test_what_stands_first_is_whole(monkeypatch, capsys):
    monkeypatch.setattr(console, "_WIDTH_WITHOUT_TERMINAL", 100)
    console.print_table(HEADS, ROWS, n_names=2)
    assert ROWS[0][0] in capsys.readouterr().out

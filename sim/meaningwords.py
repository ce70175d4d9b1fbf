"""What the keys of a scenario mean and where their values are from, in Chinese; the English stands with the keys.

Meanings are found by their English text, so that a meaning that changes is not told in outdated words: a test asks for
the Chinese of each.
"""

from __future__ import annotations

import re
from typing import Final

from sim.fieldwords import FIELD_MEANINGS
from sim.labels import Lang

_SOURCES: Final = (
    (r"^stated in the scenario$", "情景文件中直接给出"),
    (r"^default of the kind", "该类政策的默认值"),
    (r"default of (\S+):", r"\1 的默认值："),
    (r"\bassumption: ", "假设："),
    (r"\bevidence (?=\d)", "公布数据 "),
    (r"^reconstructed: ", "由公布的合计与单元格推算："),
    (r" \(range (\S+) to (\S+)\)", r"（取值范围\1至\2）"),
    (r"^fitted: (\S+), posterior interval (\S+) to (\S+),", r"由拟合 \1 得出，后验区间\2至\3，"),
    (r"(?<=，)\s*not identified$", "公布值不能识别"),
    (r"(?<=，)\s*not judged$", "未判断能否识别"),
    (r"(?<=，)\s*weak$", "公布值只能弱识别"),
    (r"(?<=，)\s*identified$", "公布值可以识别"),
    (r"：:? ", "："),
)
"""Where a value is from: what the program writes around the words of a file, and its Chinese."""


def translate_meaning(text: str, lang: Lang) -> str:
    """A meaning in `lang`; the names of dimensions behind that of a quantity of the world stay."""
    if lang == "en":
        return text
    known = {**MEANINGS, **FIELD_MEANINGS}
    words, _, dimensions = text.rpartition(" (")
    return known[text] if text in known else f"{known[words]} ({dimensions}" if words in known else text


def translate_source(text: str, lang: Lang) -> str:
    """Where a value is from in `lang`; reasons and formulas stay as their file has them."""
    for pattern, words in () if lang == "en" else _SOURCES:
        text = re.sub(pattern, words, text)
    return text


MEANINGS: Final[dict[str, str]] = {}
"""English meaning -> Chinese, of the parameters of the rules and of the quantities of the world."""

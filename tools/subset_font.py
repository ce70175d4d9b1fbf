"""Make sim/fonts/TalentsimSansSC-Regular.otf, the Chinese face that figures carry with them.

A machine without Chinese system fonts would draw empty boxes. The package therefore ships a cut of Noto Sans CJK SC
Regular (SIL Open Font License 1.1): Latin, punctuation and the Chinese characters that GB 2312 encodes. The licence
binds what is derived to the same licence; the family is renamed, so that the cut is never taken for the original.

    python tools/subset_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

The same source font and fontTools release give the same bytes: time stamps of the source are kept.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

SOURCE_FAMILY = "Noto Sans CJK SC"
FAMILY = "Talentsim Sans SC"
POSTSCRIPT_NAME = "TalentsimSansSC-Regular"
TARGET = Path(__file__).resolve().parent.parent / "sim" / "fonts" / f"{POSTSCRIPT_NAME}.otf"

LATIN_RANGES = ((0x20, 0x7E), (0xA0, 0xFF))
PUNCTUATION = "‐‑–—―‘’“”•…‰′″‹›€−×÷≈≠≤≥±∞→←↑↓①②③④⑤⑥⑦⑧⑨⑩"  # noqa: RUF001
FULL_WIDTH = "".join(chr(code) for code in (*range(0x3000, 0x3012), *range(0xFF01, 0xFF5F), 0xFFE5))
GB2312_LEVEL_1_ROWS = range(0xB0, 0xD8)
GB2312_LEVEL_2_ROWS = range(0xD8, 0xF8)
GB2312_CELLS = range(0xA1, 0xFF)


def main() -> None:
    """Cut the font given on the command line and write it beside the package."""
    parser = argparse.ArgumentParser(description="Cut the Chinese font that the figures use.")
    parser.add_argument("source", type=Path, help="NotoSansCJK-Regular.ttc")
    parser.add_argument("--out", type=Path, default=TARGET)
    arguments = parser.parse_args()
    font = open_source(arguments.source)
    cut_font(font, wanted_characters())
    rename_font(font)
    font.save(arguments.out)


def open_source(path: Path) -> TTFont:
    """The simplified Chinese face of the collection. Raises ValueError where the file does not hold it."""
    for font in TTCollection(str(path)).fonts:
        if font["name"].getDebugName(1) == SOURCE_FAMILY:
            font.recalcTimestamp = False
            return font
    raise ValueError(f"{path} holds no face named {SOURCE_FAMILY}")


def wanted_characters() -> set[int]:
    """Code points to keep: Latin, punctuation and every Chinese character of GB 2312."""
    latin = {code for low, high in LATIN_RANGES for code in range(low, high + 1)}
    chinese = {ord(char) for row in (*GB2312_LEVEL_1_ROWS, *GB2312_LEVEL_2_ROWS) for char in _read_row(row)}
    return latin | chinese | {ord(char) for char in PUNCTUATION + FULL_WIDTH}


def _read_row(row: int) -> str:
    # The last cells of a level's last row are unassigned; `ignore` drops them.
    return b"".join(bytes((row, cell)) for cell in GB2312_CELLS).decode("gb2312", errors="ignore")


def cut_font(font: TTFont, characters: set[int]) -> None:
    """Keep only the glyphs of `characters`, and only what a plain horizontal line of text needs."""
    options = Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.desubroutinize = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)


def rename_font(font: TTFont) -> None:
    """Give the cut its own family name in the name table and inside the outlines; authors and licence stay."""
    names = {1: FAMILY, 3: f"{POSTSCRIPT_NAME};cut of Noto Sans CJK SC 2.004", 4: FAMILY, 6: POSTSCRIPT_NAME}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    outlines = font["CFF "].cff
    outlines.fontNames = [POSTSCRIPT_NAME]
    top = outlines.topDictIndex[0]
    top.FullName = top.FamilyName = FAMILY
    for number, part in enumerate(top.FDArray):
        part.FontName = f"{POSTSCRIPT_NAME}-{number}"


if __name__ == "__main__":
    main()

"""English and Chinese words of what the commands of calibration print and of the report of a fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.labels import Lang


def say(key: str, lang: Lang) -> str:
    """The words for a key. Raises KeyError on an unknown one."""
    english, chinese = WORDS[key]
    return chinese if lang == "zh" else english


WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "several.city": ("{n} places", "{n}个地区"),
    "several.industry": ("{n} industries", "{n}个行业"),
    "several.education": ("{n} levels of education", "{n}个学历层次"),
    "several.field": ("{n} fields", "{n}个学科"),
    "several.firm_size": ("{n} sizes of firms", "{n}档企业规模"),
    "several.experience": ("{n} classes of experience", "{n}档经验要求"),
    "largest": ("{n} largest cities", "前{n}座城市"),
    "base": ("against {base}", "相对{base}"),
    "against": ("{} against {}", "{}相对{}"),
    "within": ("of those in {}", "{}中"),
    "within.place": ("of those in {}", "{}范围内"),
    "within.industry": ("{}", "{}行业"),
    "within.both": ("{others} of {place}", "{place}的{others}"),
    "and": (" and ", "的"),
    "as.model": (" (in the model: {})", "（模型中为{}）"),
    "published.for": (" (published for {period})", "（公布值为{period}）"),
    "elsewhere": ("from elsewhere", "来自外地高校"),
    "fit": ("seen", "拟合所用"),
    "held": ("held out", "留出"),
    "later": ("later years", "后续年份"),
    "check": ("fed in", "输入"),
    "group.fit": ("Figures that the fit saw", "拟合所用指标"),
    "group.held": ("Figures held out", "留出指标"),
    "group.later": ("Figures of later years", "后续年份指标"),
    "all": ("all", "合计"),
    "all.counted": ("all but those fed in", "合计（不含输入）"),
    "fitted": ("fit", "拟合点"),
    "ensemble": ("ensemble", "参数集合"),
    "before": ("before the fit", "拟合前"),
    "prior": ("prior", "先验"),
    "last_value": ("last value", "沿用上期值"),
    "gravity": ("logit and gravity", "引力-多项选择"),
    "matching": ("matching function", "匹配函数"),
    "even": ("even", "相当"),
    "alone": ("no benchmark", "无基准可比"),
    "winner.fitted": ("model", "模型"),
    "identified": ("identified", "可识别"),
    "weak": ("weak", "弱识别"),
    "not identified": ("not identified", "不可识别"),
    "not tested": ("not tested", "未检验"),
    "not judged": ("not tested", "未检验"),
    "absent": ("no run produces it", "模拟未产生该指标"),
    "unreached": ("out of reach: rule, definition or figure", "参数无法达到：规则、口径或数据"),
    "noise": ("too few seeds or agents to tell", "随机种子或主体过少，无法判断"),
    "traded": ("traded for other figures", "与其他指标取舍"),
    "head.figure": ("figure", "指标"),
    "head.sd": ("sd of seeds", "随机种子间标准差"),
    "head.in": ("inside", "在容差内"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "title.figures": ("Figures, misses first", "指标（未命中在前）"),
    "title.families": ("Families", "类别"),
    "scenario.fit": (
        "Scenario {name} with {n} parameters of the fit {fit} (the values before it: --set fit=null).",
        "情景{name}，其中{n}个参数取自拟合{fit}（拟合前的值：--set fit=null）。",
    ),
    "scenario.plain": (
        "Scenario {name} without a fit: its parameters are those before any.",
        "情景{name}未使用拟合，参数为拟合前的值。",
    ),
    "head.family": ("family", "类别"),
    "head.group": ("use", "用途"),
    "head.published": ("published", "公布值"),
    "head.unit": ("unit", "单位"),
    "head.simulated": ("simulated", "模拟值"),
    "head.band": ("90 % band", "90%区间"),
    "head.picture": ("in tolerances", "以容差为单位"),
    "head.error": ("error", "误差"),
    "head.reason": ("likely reason", "可能原因"),
    "head.source": ("source", "来源"),
    "head.figures": ("figures", "指标数"),
    "head.inside": ("inside", "命中"),
    "head.wins": ("who wins", "胜出"),
    "head.in_band": ("in band", "落入区间"),
    "head.parameter": ("parameter", "参数"),
    "head.meaning": ("meaning", "含义"),
    "head.prior": ("prior", "先验"),
    "head.before": ("before the fit", "拟合前"),
    "head.chosen": ("in the fit", "拟合取值"),
    "head.posterior": ("posterior median and 90 %", "后验中位数与90%区间"),
    "head.width": ("width over prior", "相对先验宽度"),
    "head.verdict": ("verdict", "识别结论"),
    "title": ("Fit {name}: what it says and how far it can be trusted", "拟合 {name}：结果与可信程度"),
    "title.failures": ("Figures missed", "未命中的指标"),
    "title.met": ("Figures met", "命中的指标"),
    "title.benchmarks": (
        "Beside naive benchmarks: mean error in tolerances",
        "与朴素基准对比：平均误差（以容差为单位）",
    ),
    "title.parameters": ("Parameters", "参数"),
    "title.check": ("Fed in, never counted", "输入核对（不计入评分）"),
    "title.reading": ("How to read it", "阅读说明"),
    "facts": (
        (
            "Fit {name}: {members} parameter sets, {effective:.0f} of them effective, made with one agent for "
            "{scale:,} persons from published figures {years}."
        ),
        "拟合{name}：{members}组参数（有效{effective:.0f}组），拟合时每个主体代表{scale:,}人，所用指标年份{years}。",
    ),
    "years.all": ("of all years", "不限"),
    "years.until": ("up to {until}", "截至{until}年"),
    "seeds": (
        "Simulated values are means over {n} seeds (from {first} on), with one agent for {scale:,} persons.",
        "模拟值为{n}个随机种子（自{first}起）的均值，每个主体代表{scale:,}人。",
    ),
    "seeds.one": (
        "Simulated values are those of one seed ({first}), with one agent for {scale:,} persons.",
        "模拟值出自1个随机种子（{first}），每个主体代表{scale:,}人。",
    ),
    "seeds.few": (
        (
            "Caution: below {few} seeds the chance of single runs still adds to every error, so that figures near the "
            "edge of their tolerance change sides. Take --seeds {few} or more before counting them."
        ),
        (
            "注意：随机种子少于{few}个时，单次运行的随机性仍会加大每个误差，容差边缘的指标是否命中并不稳定；"
            "计数前请用 --seeds {few} 或更多。"
        ),
    ),
    "inside": (
        (
            "{group}: {inside} of {n} lie within their tolerance ({before} before the fit); mean error {error:.2f} "
            "tolerances ({error_before:.2f} before the fit)."
        ),
        (
            "{group}：{n}个中{inside}个在容差内（拟合前{before}个），平均误差{error:.2f}个容差"
            "（拟合前{error_before:.2f}个）。"
        ),
    ),
    "bands": (
        (
            "{group}: the 90 % bands of the ensemble hold {covered} of {n} published values, and {wide} if the error "
            "of the published value itself is added."
        ),
        "{group}：参数集合的90%区间包含{n}个公布值中的{covered}个；计入公布值自身误差后为{wide}个。",
    ),
    "beats": (
        (
            '{group}: the model beats the benchmark "{name}" where that says something ({n} of {all}): mean error '
            "{model:.2f} against {naive:.2f} tolerances."
        ),
        "{group}：在基准“{name}”可给出的{n}个（共{all}个）上，模型更优：平均误差{model:.2f}对{naive:.2f}个容差。",
    ),
    "beaten": (
        (
            '{group}: the benchmark "{name}" beats the model where it says something ({n} of {all}): mean error '
            "{naive:.2f} against {model:.2f} tolerances."
        ),
        "{group}：在基准“{name}”可给出的{n}个（共{all}个）上，基准优于模型：平均误差{naive:.2f}对{model:.2f}个容差。",
    ),
    "draws": (
        (
            '{group}: the benchmark "{name}" and the model are even where it says something ({n} of {all}): mean error '
            "{naive:.2f} and {model:.2f} tolerances."
        ),
        "{group}：在基准“{name}”可给出的{n}个（共{all}个）上，两者相当：平均误差{naive:.2f}与{model:.2f}个容差。",
    ),
    "beaten.families": (
        "{group}: a benchmark beats the model on these families: {names}.",
        "{group}：以下类别基准优于模型：{names}。",
    ),
    "none.beaten": ("{group}: no benchmark beats the model on any family.", "{group}：没有基准在任何类别上优于模型。"),
    "verdicts": ("Parameters: {counts}.", "参数：{counts}。"),
    "verdict.count": ("{n} {verdict}", "{verdict}{n}个"),
    "range": ("{} to {}", "{} 至 {}"),
    "see.reading": (
        "Tolerances, groups of figures, benchmarks and pictures are explained at the end.",
        "容差、指标分组、基准和图示的说明见文末。",
    ),
    "outside.fitted": (
        (
            "{key}: {point:.4g}, the value at the point shipped, lies outside the 90 % interval of the ensemble "
            "({low:.4g} to {high:.4g})."
        ),
        "{key}：所发布的取值{point:.4g}位于参数集合的90%区间（{low:.4g}至{high:.4g}）之外。",
    ),
    "outside.before": (
        (
            "{key}: {point:.4g}, the value before the fit, lies outside the 90 % interval of the ensemble ({low:.4g} "
            "to {high:.4g})."
        ),
        "{key}：拟合前的值{point:.4g}位于参数集合的90%区间（{low:.4g}至{high:.4g}）之外。",
    ),
    "no.failures": ("No figure is missed.", "没有未命中的指标。"),
    "join": (", ", "、"),
    "read.tolerance": (
        (
            "Tolerance (after ±): {exact:.0%} of a figure that is stated exactly, {approximate:.0%} of an approximate "
            "one, {chart:.0%} of one read from a chart, {bound:.0%} of a bound; more for weaker sources; half a "
            "unit of the last digit printed at least, and {points} points of a percentage that is no bound."
        ),
        (
            "容差（±之后）：精确数值的{exact:.0%}，约数的{approximate:.0%}，图中读数的{chart:.0%}，单侧界限的{bound:.0%}；"
            "来源较弱者放宽；至少为末位数字的半个单位，非界限的百分比至少{points}个百分点。"
        ),
    ),
    "read.error": (
        (
            "Error: distance of the simulated mean from the published figure in tolerances; 0 on the good side of a "
            "bound; at most 1 is inside."
        ),
        "误差：模拟均值与公布值之差除以容差；单侧界限在允许一侧为0；不超过1为命中。",
    ),
    "read.picture": (
        (
            "Pictures: the published figure is in the middle, its tolerance shaded; the line is the 90 % band of the "
            "ensemble, the dot the fit, the hollow dot the values before it; an arrow says that it lies further out."
        ),
        "图示：公布值居中，阴影为容差；线段为参数集合的90%区间，实心点为拟合点，空心点为拟合前；箭头表示超出图幅。",
    ),
    "read.groups": (
        (
            "Held out: whole families and cells chosen by a rule with a seed before any fit; no search has seen them. "
            "Later years: predicted by a fit of earlier ones."
        ),
        "留出：拟合前按固定规则和随机种子选出的整类指标或整组分项，任何搜索均未使用。后续年份：由较早年份的拟合预测。",
    ),
    "read.columns": (
        (
            "Inside: figures within their tolerance at the point of the fit. In band: published values that the 90 % "
            "band of the ensemble holds, their own error added. Then mean errors in tolerances; beside a benchmark in "
            "brackets the model's over the figures that the benchmark speaks about."
        ),
        (
            "命中：拟合点处在容差内的指标数。落入区间：计入公布值自身误差后，参数集合90%区间所含的公布值个数。"
            "其余各列为平均误差（以容差为单位）；基准列括号内为模型在该基准可给出的指标上的误差。"
        ),
    ),
    "read.benchmarks": (
        (
            "Benchmarks know the inputs and the figures that the fit saw, and no other: the value of the same kind "
            "published last; a logit of destinations with distance; stocks and flows with a matching function and "
            "postings as the inputs mix them. Each is compared over the figures that it speaks about."
        ),
        (
            "基准只知道输入和拟合所见指标：最近公布的同类值；含距离的多项选择模型；匹配函数的存量流量计算以及由输入构成的岗位结构。"
            "每个基准仅在其可给出的指标上比较。"
        ),
    ),
    "read.reason": (
        (
            "Likely reason, a hint: no run produces it where there is nothing to compare, such as pay of posts that "
            "nobody offered; out of reach where no draw from the prior comes near; too few seeds or agents "
            "where the mean of the fit is within two standard errors of the tolerance; traded where it is met "
            "elsewhere, but not with the other figures."
        ),
        (
            "可能原因仅为提示：拟合的模拟中没有该值为“未产生”；先验抽样均无法接近为“无法达到”；"
            "拟合均值与容差相距不到两个标准误为“无法判断”；其余为“取舍”，即参数空间别处可命中，但不能与其他指标同时命中。"
        ),
    ),
    "read.parameters": (
        (
            "Verdicts come from trials with known values, not from the width shown here. Identified: at least "
            "{coverage:.0%} of the intervals held the known value, and the standard deviation was at most {identified} "
            "of the prior's; weak: at most {weak}; not identified: else, and most of these keep their value before "
            "the fit."
        ),
        (
            "识别结论来自以已知值所做的检验，而非表中所示宽度。可识别：检验中至少{coverage:.0%}的区间包含已知值，且标准差不超过先验的{identified}倍；"
            "弱识别：不超过{weak}倍；其余为不可识别，其中多数保留拟合前的值。"
        ),
    ),
    "read.check": (
        (
            "Fed in: the model rests on these figures, so that meeting them proves nothing; those that do not come "
            "through stand first."
        ),
        "输入：模型以这些数据为依据，吻合不构成验证；未能还原的列在前面。",
    ),
}

"""English and Chinese words of robust choice and of the best size: headings, verdicts, notes."""

from __future__ import annotations

from typing import Final

from sim.labels import Lang

WORDS: Final[dict[str, tuple[str, str]]] = {
    "doing_nothing": ("do nothing", "不采取政策"),
    "title.effects": ("{outcome}: what each choice does in each future", "{outcome}：各政策方案在各情景下的效果"),
    "title.ranking": ("Whatever comes", "跨情景综合评判"),
    "title.front": ("{outcome}: effect against cost, {mean} over the futures", "{outcome}：效果与成本（各情景{mean}）"),
    "title.box": ("Under which conditions thresholds are missed", "情景发现：在哪些条件下达不到要求"),
    "title.size": ("Best size under the budget", "预算约束下的最优规模"),
    "mean.equal": ("plain mean", "简单平均"),
    "mean.weighted": ("weighted mean", "加权平均"),
    "head.choice": ("choice", "政策方案"),
    "head.state": ("future", "情景"),
    "head.difference": ("difference ({unit})", "差值（{unit}）"),
    "head.value": ("for a million CNY", "每百万元效果"),
    "head.cost": ("cost (million CNY)", "成本（百万元）"),
    "head.regret": ("regret", "后悔值"),
    "head.verdict": ("beside the best there", "与该情景最优方案相比"),
    "head.mean": ("mean", "均值"),
    "head.worst": ("worst future", "最坏情形"),
    "head.most_regret": ("largest regret", "最大后悔值"),
    "head.enough": ("good enough", "达标率"),
    "head.share_on_front": ("on the front, of draws", "处于前沿的抽样占比"),
    "head.front": ("verdict", "结论"),
    "head.condition": ("condition", "条件"),
    "head.coverage": ("misses inside", "覆盖率（占全部未达标模拟）"),
    "head.density": ("of runs inside, misses", "密度（范围内未达标占比）"),
    "head.base": ("of all runs, misses", "全部模拟中未达标占比"),
    "head.key": ("key", "参数"),
    "head.best": ("best", "最优"),
    "head.interval": ("95 % interval", "95%置信区间"),
    "head.as_good": ("cannot be told from it", "与最优无显著差异的范围"),
    "head.swept": ("swept", "已模拟的范围"),
    "verdict.best": ("best", "最优"),
    "verdict.tied": ("tied", "无显著差异"),
    "verdict.worse": ("worse", "较差"),
    "verdict.unknown": ("not known", "无法判断"),
    "verdict.front": ("on the front", "处于前沿"),
    "verdict.dominated": ("dominated", "被占优"),
    "verdict.undecided": ("not decided", "尚无定论"),
    "optimum.inside": ("The best size lies inside what was swept.", "最优规模位于已模拟的范围之内。"),
    "optimum.at_bound": (
        "The best size lies at the end of what was swept: where sizes beyond exist, one may be better still.",
        "最优规模位于已模拟范围的端点：若端点之外仍有可行规模，效果可能更好。",
    ),
    "optimum.budget_binds": (
        "The budget binds: more would be better, and it allows {allowed}.",
        "预算构成约束：规模更大效果更好，而预算只允许 {allowed}。",
    ),
    "optimum.beyond": (
        (
            "The interval reaches beyond what the budget allows as costs were found ({allowed}): costs, too, are known "
            "but for chance, and where they are lower another size is best."
        ),
        "置信区间超出按模拟成本得出的预算允许范围（{allowed}）：成本同样带有随机误差，若成本较低，最优规模会不同。",
    ),
    "optimum.undetermined": (
        "Not determined: no size that the budget allows can be told from the best. Add seeds, or widen the range.",
        "无法确定：预算允许的各规模与最优规模均无显著差异。请增加随机种子或扩大范围。",
    ),
    "optimum.too_dear": ("No size that was swept keeps the budget.", "已模拟的各规模均超出预算。"),
    "optimum.rough": (
        "The curve misses its points by {misfit:.1f} standard errors: look at the figure, and sweep more sizes.",
        "拟合曲线与各模拟点平均相差{misfit:.1f}个标准误：请查看图形，并增加模拟的规模点。",
    ),
    "optimum.effect": (
        (
            "Effect there on {outcome}: {effect} {unit}; cost in the dearest future: {cost} million CNY; whatever the "
            "future, {share} of runs or more keep the budget of {budget}."
        ),
        (
            "该规模对“{outcome}”的效果：{effect} {unit}；在成本最高的情景下，成本为 {cost} 百万元；"
            "在每个情景下，至少 {share} 的模拟不超出预算（{budget}）。"
        ),
    ),
    "optimum.maybe_nothing": (
        "Whether that size does anything is not known: the 95 % interval of its effect includes zero.",
        "尚不能断定该规模有效：其效果的95%置信区间包含零。",
    ),
    "optimum.nothing": (
        "That size changes nothing: its effect is zero in every run.",
        "该规模不产生任何影响：其效果在各次模拟中均为零。",
    ),
    "optimum.harm": (
        "Doing nothing is better: the 95 % interval of the effect lies on the wrong side of zero.",
        "不采取政策更好：效果的95%置信区间全部位于零的不利一侧。",
    ),
    "note.equal": (
        "Futures are no forecast: equal weights are no probabilities, and shares count futures that somebody chose.",
        "情景不是预测：等权重不代表发生概率，各项比例只反映所设情景的构成。",
    ),
    "note.weighted": ("Weights of futures: {weights}.", "情景权重：{weights}。"),
    "note.tied": (
        (
            "{best} leads on the mean, and cannot be told from {tied}: the 95 % interval of the difference, paired by "
            "seed and widened for all comparisons, includes zero."
        ),
        "{best}的均值最优，但与{tied}无显著差异：配对差的95%置信区间（按随机种子配对，并按比较次数校正）包含零。",
    ),
    "note.clear": (
        "{best} leads on the mean, beyond what chance explains.",
        "{best}的均值最优，领先幅度超出随机误差。",
    ),
    "note.alone": ("{best} is the only choice that can be judged.", "只有{best}可供评判。"),
    "note.maybe_nothing": (
        "Whether {best} does anything is not known: the 95 % interval of its mean includes zero.",
        "尚不能断定{best}有效：其均值的95%置信区间包含零。",
    ),
    "note.harm": (
        "Doing nothing is better than {best}: the 95 % interval of its mean lies on the wrong side of zero.",
        "不采取政策优于{best}：其均值的95%置信区间全部位于零的不利一侧。",
    ),
    "note.worst": (
        "{best} leads in its worst future{tied}; {regret} has the least largest regret{regret_tied}.",
        "就最坏情形而言，{best}最好{tied}；最大后悔值最小的是{regret}{regret_tied}。",
    ),
    "note.front": (
        "Dominated: in 95 % of draws another choice costs no more, does no worse, and one of both is better.",
        "被占优：在至少95%的抽样中，另有方案成本不更高、效果不更差，且至少一项更优。",
    ),
    "note.also": (" (tied with {names})", "（与{names}无显著差异）"),
    "note.left_out_choices": (
        "Without a cost above zero beyond chance, and so not judged for a million CNY: {names}.",
        "成本未显著大于零，故不按每百万元效果评判：{names}。",
    ),
    "note.left_out_runs": (
        "{n} seeds are left out, because not every choice has been run with them.",
        "有{n}个随机种子未采用：并非每个政策方案都已用它们模拟。",
    ),
    "note.no_box": (
        "No range of conditions explains where {choice} misses its thresholds better than chance would.",
        "没有任何条件范围能比随机划分更好地说明{choice}在何处未达标。",
    ),
    "note.few_runs": (
        "{n} runs of {choice} are too few to look for conditions: {fewest} are needed. Add seeds or points.",
        "{choice}只有{n}次模拟，不足以进行情景发现（至少需要{fewest}次）。请增加随机种子或设计点。",
    ),
    "note.all_or_none": (
        "{choice} meets its thresholds in {share} of runs: too few of the others to look for conditions.",
        "{choice}在 {share} 的模拟中达标：另一类过少，无法进行情景发现。",
    ),
    "figure.difference": ("{outcome}: difference ({unit})", "{outcome}：差值（{unit}）"),
    "figure.values": ("By future", "按情景"),
    "figure.front": ("Effect against cost", "效果与成本"),
    "figure.caption": (
        (
            "Points: mean difference from doing nothing over {n} seeds in the same future; lines: 95 % intervals. "
            "Hollow points right: another choice is cheaper and better."
        ),
        "点：同一情景下与不采取政策相比的配对差均值（{n}个随机种子）；线：95%置信区间。右图空心点：另有成本更低且效果更好的方案。",
    ),
    "figure.size": ("Effect by size", "不同规模的效果"),
    "figure.size_caption": (
        (
            "Curve: fitted to the points that were run; band: 95 % interval; grey: over the budget; vertical line: "
            "best size with its 95 % interval."
        ),
        "曲线：由已模拟的点拟合；色带：95%置信区间；灰色：超出预算；竖线：最优规模及其95%置信区间。",
    ),
    "figure.map_caption": (
        (
            "Colour: effect, fitted to the points that were run; blank: over the budget; cross: best size with its "
            "95 % intervals."
        ),
        "颜色：由已模拟的点拟合的效果；空白：超出预算；十字：最优规模及其95%置信区间。",
    ),
}


def word(key: str, lang: Lang) -> str:
    """The words for `key` in `lang`."""
    english, chinese = WORDS[key]
    return chinese if lang == "zh" else english

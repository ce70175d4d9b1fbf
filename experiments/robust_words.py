"""English and Chinese words of robust choice and of the best size: headings, verdicts, notes."""

from __future__ import annotations

from typing import Final

from sim.labels import Lang

WORDS: Final[dict[str, tuple[str, str]]] = {
    "doing_nothing": ("do nothing", "不采取政策"),
    "title.effects": ("{outcome}: what each choice does in each future", "{outcome}：各选择在各未来情景下的效果"),
    "title.ranking": ("Whatever comes", "无论未来如何"),
    "title.front": ("{outcome}: effect against cost, {mean} over the futures", "{outcome}：效果与成本（各情景{mean}）"),
    "title.box": ("Under which conditions thresholds are missed", "在什么条件下达不到门槛"),
    "title.size": ("Best size under the budget", "预算约束下的最优规模"),
    "mean.equal": ("plain mean", "简单平均"),
    "mean.weighted": ("weighted mean", "加权平均"),
    "head.choice": ("choice", "选择"),
    "head.state": ("future", "未来情景"),
    "head.difference": ("difference ({unit})", "差值（{unit}）"),
    "head.value": ("for a million CNY", "每百万元"),
    "head.cost": ("cost (million CNY)", "成本（百万元）"),
    "head.regret": ("regret", "后悔值"),
    "head.verdict": ("beside the best there", "与该情景最优相比"),
    "head.mean": ("mean", "平均"),
    "head.worst": ("worst future", "最差情景"),
    "head.most_regret": ("largest regret", "最大后悔值"),
    "head.enough": ("good enough", "达标比例"),
    "head.share_on_front": ("on the front, of draws", "位于前沿的抽样比例"),
    "head.front": ("verdict", "结论"),
    "head.condition": ("condition", "条件"),
    "head.coverage": ("misses inside", "覆盖率"),
    "head.density": ("of runs inside, misses", "密度"),
    "head.base": ("of all runs, misses", "全部模拟中未达标"),
    "head.key": ("key", "参数"),
    "head.best": ("best", "最优"),
    "head.interval": ("95 % interval", "95%区间"),
    "head.as_good": ("cannot be told from it", "与其无法区分的范围"),
    "head.swept": ("swept", "扫描范围"),
    "verdict.best": ("best", "最优"),
    "verdict.tied": ("tied", "无法区分"),
    "verdict.worse": ("worse", "较差"),
    "verdict.unknown": ("not known", "未知"),
    "verdict.front": ("on the front", "位于前沿"),
    "verdict.dominated": ("dominated", "被占优"),
    "verdict.undecided": ("not decided", "尚无定论"),
    "optimum.inside": ("The best size lies inside what was swept.", "最优规模位于扫描范围之内。"),
    "optimum.at_bound": (
        "The best size lies at the end of what was swept: where sizes beyond exist, one may be better still.",
        "最优规模位于扫描范围的端点：若端点之外仍有可行规模，可能更优。",
    ),
    "optimum.budget_binds": (
        "The budget binds: more would be better, and it allows {allowed}.",
        "预算起约束作用：规模更大效果更好，而预算只允许 {allowed}。",
    ),
    "optimum.beyond": (
        (
            "The interval reaches beyond what the budget allows as costs were found ({allowed}): costs, too, are known "
            "but for chance, and where they are lower another size is best."
        ),
        "区间超出按模拟成本得出的预算允许范围（{allowed}）：成本同样带有随机性，成本较低时最优规模会不同。",
    ),
    "optimum.undetermined": (
        "Not determined: no size that the budget allows can be told from the best. Add seeds, or widen the range.",
        "无法确定：预算允许的各规模与最优者均无法区分。请增加种子或扩大范围。",
    ),
    "optimum.too_dear": ("No size that was swept keeps the budget.", "扫描的各规模均超出预算。"),
    "optimum.rough": (
        "The curve misses its points by {misfit:.1f} standard errors: look at the figure, and sweep more sizes.",
        "曲线与各点平均相差{misfit:.1f}个标准误：请查看图形，并扫描更多规模。",
    ),
    "optimum.effect": (
        (
            "Effect there on {outcome}: {effect} {unit}; cost in the dearest future: {cost} million CNY; whatever the "
            "future, {share} of runs or more keep the budget of {budget}."
        ),
        (
            "该处对“{outcome}”的效果：{effect} {unit}；成本最高情景下的成本：{cost} 百万元；"
            "各情景下至少有 {share} 的模拟不超出预算 {budget}。"
        ),
    ),
    "optimum.maybe_nothing": (
        "Whether that size does anything is not known: the 95 % interval of its effect includes zero.",
        "该规模是否有效尚不可知：其效果的95%区间包含零。",
    ),
    "optimum.harm": (
        "Doing nothing is better: the 95 % interval of the effect lies on the wrong side of zero.",
        "不采取政策更好：效果的95%区间整体位于零的不利一侧。",
    ),
    "note.equal": (
        "Futures are no forecast: equal weights are no probabilities, and shares count futures that somebody chose.",
        "情景不是预测：等权重不是概率，比例只是对所选情景的计数。",
    ),
    "note.weighted": ("Weights of futures: {weights}.", "情景权重：{weights}。"),
    "note.tied": (
        (
            "{best} leads on the mean, and cannot be told from {tied}: the 95 % interval of the difference, paired by "
            "seed and widened for all comparisons, includes zero."
        ),
        "{best} 的平均值最高，但与 {tied} 无法区分：按种子配对、并按比较次数放宽的差值95%区间包含零。",
    ),
    "note.clear": (
        "{best} leads on the mean, beyond what chance explains.",
        "{best} 的平均值最高，超出随机性所能解释的范围。",
    ),
    "note.alone": ("{best} is the only choice that can be judged.", "只有 {best} 可以评判。"),
    "note.maybe_nothing": (
        "Whether {best} does anything is not known: the 95 % interval of its mean includes zero.",
        "{best} 是否有效尚不可知：其平均值的95%区间包含零。",
    ),
    "note.harm": (
        "Doing nothing is better than {best}: the 95 % interval of its mean lies on the wrong side of zero.",
        "不采取政策优于 {best}：其平均值的95%区间整体位于零的不利一侧。",
    ),
    "note.worst": (
        "{best} leads in its worst future{tied}; {regret} has the least largest regret{regret_tied}.",
        "最差情景下 {best} 最好{tied}；最大后悔值最小的是 {regret}{regret_tied}。",
    ),
    "note.front": (
        "Dominated: in 95 % of draws another choice costs no more, does no worse, and one of both is better.",
        "被占优：在95%以上的抽样中，另有选择成本不高、效果不差，且至少一项更好。",
    ),
    "note.also": (" (tied with {names})", "（与 {names} 无法区分）"),
    "note.one": (
        "One seed: chance cannot be told from what policies do. Add seeds.",
        "只有一个种子：无法区分随机性与政策效果。请增加种子。",
    ),
    "note.left_out_choices": (
        "Without a cost above zero beyond chance, and so not judged for a million CNY: {names}.",
        "成本未显著大于零，故不按每百万元评判：{names}。",
    ),
    "note.left_out_runs": (
        "{n} seeds are left out, because not every choice has been run with them.",
        "有{n}个种子未用：并非每个选择都用它们模拟过。",
    ),
    "note.no_box": (
        "No range of conditions explains where {choice} misses its thresholds better than chance would.",
        "没有任何条件范围能比随机更好地解释 {choice} 在何处达不到门槛。",
    ),
    "note.few_runs": (
        "{n} runs of {choice} are too few to look for conditions: {fewest} are needed. Add seeds or points.",
        "{choice} 只有{n}次模拟，不足以寻找条件（至少需要{fewest}次）。请增加种子或设计点。",
    ),
    "note.all_or_none": (
        "{choice} meets its thresholds in {share} of runs: too few of the others to look for conditions.",
        "{choice} 在 {share} 的模拟中达标：另一类过少，无法寻找条件。",
    ),
    "figure.values": ("By future", "按情景"),
    "figure.front": ("Effect against cost", "效果与成本"),
    "figure.caption": (
        (
            "Points: mean difference from doing nothing over {n} seeds in the same future; lines: 95 % intervals. "
            "Hollow points right: another choice is cheaper and better."
        ),
        "点：同一情景下与不采取政策相比的平均差值（{n}个种子）；线：95%区间。右图空心点：另有更省且更好的选择。",
    ),
    "figure.size": ("Effect by size", "不同规模的效果"),
    "figure.size_caption": (
        (
            "Curve: fitted to the points that were run; band: 95 % interval; grey: over the budget; vertical line: "
            "best size with its 95 % interval."
        ),
        "曲线：由已模拟的点拟合；色带：95%区间；灰色：超出预算；竖线：最优规模及其95%区间。",
    ),
    "figure.map_caption": (
        (
            "Colour: effect, fitted to the points that were run; blank: over the budget; cross: best size with its "
            "95 % intervals."
        ),
        "颜色：由已模拟的点拟合的效果；空白：超出预算；十字：最优规模及其95%区间。",
    ),
}


def word(key: str, lang: Lang) -> str:
    """The words for `key` in `lang`."""
    english, chinese = WORDS[key]
    return chinese if lang == "zh" else english

"""English and Chinese words of figures and printed tables: titles, panels, axes, legends, captions and notes.

`sim.labels` reads them out together with the words for codes. Braces name what is filled in.
"""

from __future__ import annotations

from typing import Final

FIGURE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "horizon.6m": ("6 months", "6个月"),
    "horizon.12m": ("12 months", "12个月"),
    "horizon.3y": ("3 years", "3年"),
    "horizon.5y": ("5 years", "5年"),
    "horizon.8y": ("8 years", "8年"),
    "title.stay_shares": (
        "{city}: share of local graduates with a job there, by time since graduation",
        "{city}：本地毕业生留城就业率（按毕业后时间）",
    ),
    "title.origin_destination": (
        "{scenario}: moves between cities, {start} to {end} (persons)",
        "{scenario}：城市间人才流动，{start}至{end}（人）",
    ),
    "title.labour_market": (
        "{city}: postings, hires and tightness by quarter",
        "{city}：招聘岗位、录用与市场紧张度（季度）",
    ),
    "title.pay": (
        "{scenario}: pay offered, {start} to {end} (thousand CNY a month)",
        "{scenario}：招聘薪酬，{start}至{end}（千元/月）",
    ),
    "title.rent": ("Rent and rent burden by quarter", "租金与租金负担（季度）"),
    "title.hukou": (
        "{city}: hukou granted, quota, and residents without local hukou",
        "{city}：落户人数、落户指标与无本地户口人才",
    ),
    "title.policy_cost": (
        "Cost by quarter, and cost of one more person who stays",
        "政策成本（季度）与每多留一人的成本",
    ),
    "title.spread": ("Effects here, in other places and in all places", "本地、其他地区与全国的政策效果"),
    "title.leakage": ("Leakage: who would be there anyway", "惠及人数与资金中原本就会留下者的占比"),
    "title.sensitivity": ('{city}: sensitivity of "{outcome}"', "{city}：“{outcome}”的敏感性分析"),
    "title.sensitivity_effect": (
        '{city}: sensitivity of the effect on "{outcome}", against {against}',
        "{city}：政策对“{outcome}”效果的敏感性分析（与{against}相比）",
    ),
    "axis.shift": ("Difference from the scenario as it is ({unit})", "相对原取值的差值（{unit}）"),
    "axis.whole_range": ("Effect of the whole range ({unit})", "全取值区间的效应（{unit}）"),
    "axis.variance_share": ("Share of the variance over the ranges (%)", "占区间内总方差的比例（%）"),
    "end.low": ("At the lower end", "取区间下限"),
    "end.high": ("At the upper end", "取区间上限"),
    "index.mu_star": ("Mean absolute effect", "平均绝对效应"),
    "index.signal": ("Root mean square effect without chance", "均方根效应（剔除随机误差）"),
    "index.first": ("Alone", "一阶指数（单独作用）"),
    "index.total": ("Together with others", "总效应指数（含交互作用）"),
    "caption.sensitivity_oat": (
        "Each key at both ends of its range, the others as in the scenario; {seeds} seeds in common, 95 % intervals.",
        "每次只将一个参数取到区间两端，其余不变；共用{seeds}个随机种子，细线为95%区间。",
    ),
    "caption.sensitivity_morris": (
        "Morris, {seeds} seeds in common; lines are 95 % intervals over paths.",
        "Morris筛选法，共用{seeds}个随机种子；细线为按路径自助抽样的95%区间。",
    ),
    "caption.sensitivity_sobol": (
        "Sobol, {seeds} seeds in common; lines are 95 % intervals over points.",
        "Sobol指数，共用{seeds}个随机种子；细线为按样本点自助抽样的95%区间。",
    ),
    "caption.noise": (
        "Chance makes {share} % of what differs between points.",
        "各设计点之间的差异中约{share}%为随机误差。",
    ),
    "caption.no_signal": (
        "Bars are mean absolute effects; without chance no effect is left.",
        "条形为平均绝对效应；剔除随机误差后没有剩余效应。",
    ),
    "note.shown_keys": ("The first {shown} of {keys} keys are shown.", "仅显示{keys}个参数中影响最大的{shown}个。"),
    "scope.here": ("Here", "本地"),
    "scope.elsewhere": ("Other places", "其他地区"),
    "scope.together": ("All places", "全国"),
    "axis.leakage": ("Share (%)", "占比（%）"),
    "caption.spread": (
        "Last quarter. Points: mean difference over {seeds} paired seeds. Bars: 95 % Student-t interval.",
        "期末季度。点：{seeds}个随机种子的配对差均值；线：95%区间（学生t）。",
    ),
    "caption.leakage": (
        (
            "Of the persons a policy reached in a city: those who live and work there at the end of the baseline run "
            "with the same seed, a lower bound. Ratio of means over {seeds} seeds; bars: Fieller's 95 % interval."
        ),
        (
            "政策惠及者中，同一随机种子的基准情景期末仍在该市居住并就业者的占比（下限）。"
            "{seeds}个随机种子均值之比；线：95%区间（Fieller法）。"
        ),
    ),
    "title.effects": ("Effects against the baseline", "相对基准情景的政策效果"),
    "panel.pay_education": ("By education", "按学历"),
    "panel.pay_industry": ("By industry", "按行业"),
    "panel.pay_city": ("By city", "按城市"),
    "panel.cost_per_stayer": ("Cost per additional person who stays", "每多留一人的成本"),
    "axis.cohort_year": ("Year of graduation", "毕业年份"),
    "axis.stay_share": ("Share who stay (%)", "留存率（%）"),
    "axis.quarter": ("Quarter", "季度"),
    "axis.from_city": ("From", "流出地"),
    "axis.to_city": ("To", "流入地"),
    "axis.moves": ("Persons (log scale)", "人数（对数刻度）"),
    "axis.new_postings": ("New postings (thousand)", "新增岗位（千个）"),
    "axis.hires": ("Hires (thousand)", "录用人数（千人）"),
    "axis.tightness": ("Openings per application", "岗位数/申请数"),
    "axis.pay": ("Thousand CNY a month", "千元/月"),
    "axis.rent": ("Rent (CNY a month)", "租金（元/月）"),
    "axis.rent_burden": ("Rent share of income (%)", "租金收入比（%）"),
    "axis.granted": ("Granted in the quarter (persons)", "当季落户人数（人）"),
    "axis.waiting": ("Residents without local hukou (thousand)", "无本地户口常住人才（千人）"),
    "axis.cost": ("Million CNY a quarter", "百万元/季度"),
    "axis.cost_per_stayer": ("Thousand CNY a person", "千元/人"),
    "axis.difference": ("Difference ({unit})", "差值（{unit}）"),
    "unit.percentage_points": ("percentage points", "百分点"),
    "unit.million_cny": ("million CNY", "百万元"),
    "unit.thousand_persons": ("thousand persons", "千人"),
    "legend.granted": ("Granted", "已落户"),
    "legend.quota": ("Quota", "指标"),
    "note.no_data": ("No data for this figure.", "本图无可用数据。"),
    "note.not_reached": ("not reached\nin this run", "本次模拟\n尚未达到"),
    "note.no_cost": ("No policy spending in these runs.", "本次模拟无政策支出。"),
    "note.undetermined": ("not determined: the effect's interval includes zero", "无法确定：效果的区间包含零"),
    "note.may_be_zero": ("not determined", "无法确定"),
    "note.fewer_stay": ("fewer stay, or cost falls", "留下者减少，或成本下降"),
    "note.held": ("{held} of {total} held", "{total}项中{held}项符合预期"),
    "note.unchanged": (", {n} no change seen", "，{n}项未见变化"),
    "note.alike": ("all runs alike", "各次模拟结果相同"),
    "note.not_estimated": ("not estimated", "未估计"),
    "caption.band": (
        "Lines: median over {seeds} seeds. Bands: the middle 95 % of the seeds.",
        "实线：{seeds}个随机种子的中位数；色带：各随机种子居中95%的范围。",
    ),
    "caption.one_seed": ("Lines: one seed, so no band is drawn.", "实线：单个随机种子，故不绘色带。"),
    "caption.stay_shares": (
        (
            "Stays: lives and has a job in the city of study, over all who graduated there (further study included). "
            "Cohorts that have not reached the time are left out."
        ),
        "留存：在就学城市居住并就业的人数占当地毕业生总数（含升学）之比；尚未达到该时点的届别不显示。",
    ),
    "caption.origin_destination": (
        (
            "Sums over the period, mean of {seeds} seeds; first jobs of graduates start from the city of study. "
            "Who finds a job in the city of study does not move and is left out. Blank cells: no moves."
        ),
        "期内合计，{seeds}个随机种子的均值；毕业生首次就业以就学城市为流出地；在就学城市就业者未流动，不计入。空白：无流动。",
    ),
    "caption.labour_market": (
        "Upper row: all postings; lower row: AI postings. Tightness: openings over applications received.",
        "上行：全部岗位；下行：AI岗位。紧张度：岗位数与收到的申请数之比。",
    ),
    "caption.pay": (
        (
            "Wage offered in postings, weighted by openings. Points: median over {seeds} seeds; "
            "bars: the middle 95 % of the seeds."
        ),
        "招聘岗位薪酬，以岗位数加权。点：{seeds}个随机种子的中位数；线：各随机种子居中95%的范围。",
    ),
    "caption.hukou": (
        "Left: solid, granted; dashed, quota. Right: talent living in the city whose hukou is elsewhere.",
        "左：实线为已落户，虚线为指标。右：居住在本市而户口在外地的人才。",
    ),
    "caption.policy_cost": (
        (
            "Bars: mean over {seeds} seeds, by who pays. Cost per person: difference in cost (all payers) over that in "
            "graduates who stay 12 months, with its 95 % interval."
        ),
        "柱：{seeds}个随机种子的均值，按出资方划分。每多留一人的成本：总成本差与12个月留存人数差之比，线为95%区间。",
    ),
    "caption.effects": (
        (
            "Points: mean difference from the baseline over {seeds} paired seeds. "
            "Bars: 95 % Student-t interval; a single seed has none."
        ),
        "点：{seeds}个随机种子下与基准情景的配对差均值。线：95%区间（学生t；单个随机种子无区间）。",
    ),
    "caption.ensemble": (
        (
            "Each seed has a parameter set of its own, drawn from the ensemble of a fit: bands and intervals hold the "
            "uncertainty of parameters as well as chance, and an interval is where one more run would lie."
        ),
        "每个随机种子各用拟合参数集合中的一组参数：色带与区间同时包含参数不确定性与随机性，区间为再做一次模拟时结果所在的范围。",
    ),
    "note.ensemble": (
        (
            "Intervals hold parameters and chance: {runs} members of the fit {fit}, each with a seed of its own, the "
            "same for baseline and policy. An interval is where one more member with one more seed would lie."
        ),
        (
            "区间同时包含参数不确定性与随机性：拟合 {fit} 的{runs}个成员，各配一个随机种子，基准与政策相同。"
            "区间为再取一个成员与一个随机种子时结果所在的范围。"
        ),
    ),
}

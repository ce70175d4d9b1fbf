"""What the free parameters mean and in which unit they are, in English and Chinese, for readers of a report.

Units are those that sim/params.py declares, and so are meanings in English of parameters that are not listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sim.labels import Lang
from sim.params import Params


def describe_param(key: str, lang: Lang) -> tuple[str, str]:
    """Meaning and unit of a parameter such as `params.matching.bar`; both empty where none is declared so."""
    _, _, name = key.rpartition(".")
    head, _, group = key.rpartition(".")[0].partition(".")
    model: Any = Params.model_fields[group].annotation if head == "params" and group in Params.model_fields else None
    if model is None or name not in model.model_fields:
        return "", ""
    field = model.model_fields[name]
    meaning, unit = str(field.description), str(field.json_schema_extra["unit"])
    english, chinese = _MEANINGS.get(key, (meaning, meaning))
    return (chinese, _UNITS.get(unit, unit)) if lang == "zh" else (english, unit)


_UNITS: Final[Mapping[str, str]] = {
    "logit": "对数几率", "1/year": "每年", "share/quarter": "比例/季度", "factor": "倍数", "share": "比例",
    "utility": "效用", "utility/1000 km": "效用/千公里", "skill": "技能分", "1/quarter": "每季度", "elasticity": "弹性",
}  # fmt: skip
_MEANINGS: Final[Mapping[str, tuple[str, str]]] = {
    "params.cohorts.initial_here": (
        "initial stock: pull of the city where one studied",
        "初始存量：留在就读城市的倾向",
    ),
    "params.cohorts.study_base": (
        "pull of further study against job search, bachelors",
        "本科毕业生升学相对求职的倾向",
    ),
    "params.cohorts.preparing_base": (
        "pull of slow employment (preparing for examinations) against job search",
        "慢就业（备考备业）相对求职的倾向",
    ),
    "params.cohorts.retirement_rate": (
        "retirement of the older talent and workers whom the model does not hold as persons",
        "模型未以个体表示的较年长人才和从业人员的退休率",
    ),
    "params.search.employed_share": (
        "share of people in work who search for another job",
        "在职者中求职的比例",
    ),
    "params.search.see_here": (
        "visibility of openings in the city where one lives, against elsewhere",
        "居住城市空缺岗位的可见度（相对其他地区）",
    ),
    "params.search.see_home": (
        "visibility of openings in the home city, against elsewhere",
        "家乡空缺岗位的可见度（相对其他地区）",
    ),
    "params.search.own_level": (
        "share of the openings seen that ask for the person's own level of education",
        "所见岗位中要求本人学历层次的比例",
    ),
    "params.search.b_wage": (
        "weight of disposable income (its logarithm) in the choice of a job",
        "可支配收入对数的权重",
    ),
    "params.search.b_amenity": (
        "weight of city amenities in the choice of a job",
        "城市宜居条件的权重",
    ),
    "params.search.b_home": (
        "utility of a job at home",
        "身在家乡的效用",
    ),
    "params.search.b_move": (
        "loss of utility by distance of a move",
        "距离的效用损失",
    ),
    "params.search.taste_position": (
        "spread of tastes for single positions (Gumbel)",
        "对岗位偏好的离散程度（耿贝尔分布）",
    ),
    "params.matching.bar": (
        "skill that a position below bachelor asks for at least",
        "学历要求为专科及以下的岗位的技能门槛",
    ),
    "params.matching.ai_gap": (
        "skill that graduates of other fields lack in AI positions",
        "其他专业毕业生在AI岗位上的技能缺口",
    ),
    "params.matching.bar_spread": (
        "lasting differences of that bar between firms",
        "企业间技能门槛的持久差异",
    ),
    "params.firms.gap_speed": (
        "part of a shortage of staff that is posted in a quarter",
        "用工缺口中当季发布的比例",
    ),
    "params.firms.adoption_rate": (
        "speed at which AI spreads among alike firms, at the prices of the start",
        "期初价格下AI在同类企业间的扩散速度",
    ),
    "params.firms.adoption_lead": (
        "how much faster AI spreads where the industry has more use for it",
        "AI扩散速度对本行业AI用途的弹性",
    ),
    "params.firms.requirement_adapt": (
        "how far levels of education asked follow the local supply of them",
        "岗位学历要求对当地学历供给的弹性",
    ),
    "params.firms.exit_1": (
        "share of firms under 100 staff that close",
        "100人以下企业的退出率",
    ),
    "params.mobility.peak_citizen": (
        "height of the first peak of leaving, before hukou",
        "第一个离开高峰的高度",
    ),
    "params.mobility.peak_family": (
        "height of the second peak of leaving, when families form",
        "第二个离开高峰的高度",
    ),
}
"""Of the parameters of calibration/space.yaml."""

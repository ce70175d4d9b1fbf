"""What the free parameters mean, for readers of a report who do not see what stands around a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sim.labels import Lang, label_code
from sim.meaningwords import translate_meaning
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
    meaning = translate_meaning(meaning, lang) if lang == "zh" else _MEANINGS.get(key, meaning)
    return meaning, label_code("unit", unit, lang)


_MEANINGS: Final[Mapping[str, str]] = {
    "params.cohorts.initial_here": "initial stock: pull of the city where one studied",
    "params.cohorts.study_base": "pull of further study against job search, bachelors",
    "params.cohorts.preparing_base": "pull of slow employment (preparing for examinations) against job search",
    "params.search.employed_share": "share of people in work who search for another job",
    "params.search.see_here": "visibility of openings in the city where one lives, against elsewhere",
    "params.search.see_home": "visibility of openings in the home city, against elsewhere",
    "params.search.own_level": "share of the openings seen that ask for the person's own level of education",
    "params.search.b_wage": "weight of disposable income (its logarithm) in the choice of a job",
    "params.search.b_amenity": "weight of city amenities in the choice of a job",
    "params.search.b_home": "utility of a job at home",
    "params.search.b_move": "loss of utility by distance of a move",
    "params.search.taste_position": "spread of tastes for single positions (Gumbel)",
    "params.matching.bar": "skill that a position below bachelor asks for at least",
    "params.matching.bar_spread": "lasting differences of that bar between firms",
    "params.firms.gap_speed": "part of a shortage of staff that is posted in a quarter",
    "params.firms.autumn": "new postings of a year that move to the third quarter",
    "params.firms.adoption_rate": "speed at which AI spreads among alike firms, at the prices of the start",
    "params.firms.adoption_lead": "how much faster AI spreads where the industry has more use for it",
    "params.firms.requirement_adapt": "how far levels of education asked follow the local supply of them",
    "params.firms.exit_1": "share of firms under 100 staff that close",
    "params.mobility.peak_citizen": "height of the first peak of leaving, before hukou",
    "params.mobility.peak_family": "height of the second peak of leaving, when families form",
}
"""Of parameters of calibration/space.yaml whose declaration is short."""

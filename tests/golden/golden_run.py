"""One small run of the toy world under a policy, reduced to one row per quarter and city."""

from pathlib import Path

from sim.model import TalentMarket
from sim.scenario import load_scenario

FOLDER = Path(__file__).parent
GOLDEN = FOLDER / "two_cities_subsidy.csv"


def summarise_golden_run():
    """Data frame (quarter, city: residents, hires, openings, movers, rent, wage offers, money) of the golden run."""
    scenario = load_scenario(str(FOLDER.parent / "data" / "two_cities_subsidy.yaml"))
    model = TalentMarket(scenario, seed=1, check=True)
    for _ in range(model.n_quarters):
        model.step()
    tables = model.tables()
    model.close()
    keys = ["quarter", "city"]
    frame = tables["cities"][[*keys, "talent", "employed", "rent", "rent_burden", "hukou_granted", "budget_spent"]]
    postings = (
        tables["postings"].groupby(keys, observed=True, as_index=False)[["openings", "hires", "applicants"]].sum()
    )
    moved = tables["flows"][tables["flows"]["from_city"] != tables["flows"]["to_city"]]
    arrivals = moved.groupby(["quarter", "to_city"], observed=True, as_index=False)["persons"].sum()
    arrivals = arrivals.rename(columns={"to_city": "city", "persons": "arrivals"})
    parts = (frame, postings, arrivals)
    whole, *others = (part.assign(**{key: part[key].astype(str) for key in keys}) for part in parts)
    for other in others:
        whole = whole.merge(other, on=keys, how="left")
    return whole.fillna(0)

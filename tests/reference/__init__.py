"""The rules of the model as plain Mesa objects: one agent for each person, firm, city and institution.

This is the explanation of the model that runs. Every phase of the quarter is one module of ordinary Python loops over
agents with ordinary attributes (`person.wage`, `person.city`), written from docs/model.md and not from the kernels; no
numba, no columns. It shares data with the engine (scenario, world, parameters, levers of policies, the initial stock of
people and firms) and its keyed draws, so that both must agree person by person (test_agreement.py). It is also the
honest denominator of the speed of the engine: what the same rules cost when written down in the usual way. Read
market.py first, then the phases in its order.

Left out: areas of places. Where places form one, people live in one and work in another (docs/model.md, section 6.8);
here every place is an area of its own, as in `china`. tests/unit/test_commuting.py holds that rule by hand and by
direction.
"""

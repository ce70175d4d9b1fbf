"""Market clearing: firms rank applicants, then worker-proposing deferred acceptance on the truncated lists.

score = w_skill skills + w_level levels above + w_certificate certificate + w_cooperation cooperation + w_local local
        - w_experience lack + noise

Employers may weigh degrees less (`degree`), and recognise certificates more (`recognition`): the latter multiplies
w_certificate and is the exponent of the noise that a certificate leaves.

In AI positions those who studied another field lack skill. Applicants below the bar of a position, which differs
between firms, are not acceptable to it. Deferred acceptance (Gale and Shapley 1962) with capacities gives the
worker-optimal stable matching of the submitted lists, whatever the order of proposals; equal scores are broken by the
person's id, so preferences are strict.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.areas import in_area
from sim.kernels.inlined import inlined
from sim.rng import draw_bits_of, normal

EXPERIENCE_YEARS = (0.0, 0.0, 1.0, 3.0, 5.0, 10.0)
"""Years that each experience class asks at least, in the order of EXPERIENCE."""


@inlined
def weigh_skills(
    weights: NDArray[np.float64], industry: int, knowledge: float, technical: float, practice: float, soft: float
) -> float:
    """Skills in the `weights` (industry, skill) of one industry."""
    return (
        weights[industry, 0] * knowledge
        + weights[industry, 1] * technical
        + weights[industry, 2] * practice
        + weights[industry, 3] * soft
    )


@inlined
def skill_bar(level: int, ai: int, rule: Any) -> float:
    """Skill that a position of `level` asks at least in the mean firm."""
    return rule.bar + rule.bar_level * level + rule.bar_ai * ai


@inlined
def lacking_skill(field: int, rule: Any) -> float:
    """Skill that a graduate of `field` lacks in AI positions beside a graduate of AI and computing."""
    if field == 0:
        return 0.0
    return rule.ai_gap * rule.ai_gap_part if field == 1 else rule.ai_gap


@njit(cache=True, nogil=True)
def score_applications(
    start: int,
    stop: int,
    searchers: NDArray[np.uint32],
    applications: NDArray[np.int32],
    people: Any,
    lines: NDArray[np.void],
    firms: Any,
    places: NDArray[np.void],
    weights: NDArray[np.float64],
    cooperation: NDArray[np.float64],
    years: NDArray[np.float64],
    rule: Any,
    key: np.uint64,
    scores: NDArray[np.float64],
) -> None:
    """Fill rows `start:stop` of `scores` (searcher, A): how firms rank applicants, minus infinity below the bar.

    Who lives in the area of the position is local; `places` (place,) of PLACE_DTYPE. The score is worked out in place:
    passing all columns to a function of its own costs more than the score.
    """
    for s in range(start, stop):
        i = searchers[s]
        for a in range(applications.shape[1]):
            scores[s, a] = -math.inf
            if applications[s, a] < 0:
                continue
            line = lines[applications[s, a]]
            cell, firm, industry = int(line["cell"]), line["firm"], line["industry"]
            level = cell // 12
            skill = weigh_skills(
                weights, industry, people.knowledge[i], people.technical[i], people.practice[i], people.soft[i]
            )
            if cell % 2:
                skill -= lacking_skill(people.field[i], rule)
            if skill < skill_bar(level, cell % 2, rule) + firms.bar[firm]:
                continue
            lack = max(0.0, years[(cell // 2) % 6] - 0.25 * people.experience_q[i])
            above = firms.degree[firm] * (people.education[i] - level)
            score = rule.w_skill * skill + rule.w_level * above - rule.w_experience * lack
            noise = rule.noise * firms.noise[firm]
            if people.certificate[i]:
                score += rule.w_certificate * firms.recognition[firm]
                noise *= rule.noise_certificate ** firms.recognition[firm]
            if rule.w_local != 0.0 and in_area(places[line["place"]], line["place"], people.city[i]):
                score += rule.w_local
            score += rule.w_cooperation * cooperation[people.study[i], people.institution[i]]
            scores[s, a] = score + noise * normal(draw_bits_of(key, people.uid[i], firms.identity[firm]))


@inlined
def _ranks_below(scores: NDArray[np.float64], ids: NDArray[np.uint64], one: int, other: int) -> bool:
    return scores[one] < scores[other] or (scores[one] == scores[other] and ids[one] > ids[other])


@inlined
def _sift_up(heap: NDArray[np.int64], base: int, at: int, scores: NDArray[np.float64], ids: NDArray[np.uint64]) -> None:
    while at > 0:
        parent = (at - 1) // 2
        if not _ranks_below(scores, ids, heap[base + at], heap[base + parent]):
            return
        heap[base + at], heap[base + parent] = heap[base + parent], heap[base + at]
        at = parent


@inlined
def _sift_down(
    heap: NDArray[np.int64], base: int, size: int, scores: NDArray[np.float64], ids: NDArray[np.uint64]
) -> None:
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            return
        if child + 1 < size and _ranks_below(scores, ids, heap[base + child + 1], heap[base + child]):
            child += 1
        if not _ranks_below(scores, ids, heap[base + child], heap[base + at]):
            return
        heap[base + at], heap[base + child] = heap[base + child], heap[base + at]
        at = child


@njit(cache=True)
def match_deferred(
    applications: NDArray[np.int32],
    scores: NDArray[np.float64],
    uids: NDArray[np.uint64],
    capacity: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Worker-optimal stable matching with capacities.

    `applications` (worker, A): lines in order of preference, -1 where none; `scores` the same shape: how the line
    ranks the worker, minus infinity where not acceptable; `uids` (worker,) break ties, lower first; `capacity` (line,).
    Returns (worker,) the line matched or -1. A heap per line holds its worst worker on top.
    """
    n_workers, limit = applications.shape
    flat = scores.ravel()
    ids = np.empty(n_workers * limit, np.uint64)
    offset = np.zeros(capacity.shape[0] + 1, np.int64)
    for line in range(capacity.shape[0]):
        offset[line + 1] = offset[line] + min(capacity[line], n_workers)
    heap = np.empty(offset[-1], np.int64)
    filled = np.zeros(capacity.shape[0], np.int64)
    following = np.zeros(n_workers, np.int64)
    matched = np.full(n_workers, -1, np.int32)
    for s in range(n_workers):
        for a in range(limit):
            ids[s * limit + a] = uids[s]
    for first in range(n_workers):
        worker = first
        while worker >= 0 and following[worker] < limit:
            bid = worker * limit + following[worker]
            line = applications[worker, following[worker]]
            following[worker] += 1
            if line < 0 or flat[bid] == -math.inf:
                continue
            base, room = offset[line], offset[line + 1] - offset[line]
            if filled[line] < room:
                heap[base + filled[line]] = bid
                _sift_up(heap, base, filled[line], flat, ids)
                filled[line] += 1
                matched[worker] = line
                worker = -1
            elif room > 0 and _ranks_below(flat, ids, heap[base], bid):
                loser = heap[base] // limit
                heap[base] = bid
                _sift_down(heap, base, room, flat, ids)
                matched[worker] = line
                matched[loser] = -1
                worker = loser
    return matched


@njit(cache=True)
def count_blocking_pairs(
    applications: NDArray[np.int32],
    scores: NDArray[np.float64],
    uids: NDArray[np.uint64],
    capacity: NDArray[np.int32],
    matched: NDArray[np.int32],
) -> int:
    """Pairs of a worker and a line on its list that would both rather have each other: 0 in a stable matching."""
    n_workers, limit = applications.shape
    filled = np.zeros(capacity.shape[0], np.int64)
    worst = np.full(capacity.shape[0], math.inf)
    worst_uid = np.zeros(capacity.shape[0], np.uint64)
    for s in range(n_workers):
        for a in range(limit):
            line = applications[s, a]
            if line >= 0 and line == matched[s]:
                filled[line] += 1
                if scores[s, a] < worst[line] or (scores[s, a] == worst[line] and uids[s] > worst_uid[line]):
                    worst[line] = scores[s, a]
                    worst_uid[line] = uids[s]
    blocking = 0
    for s in range(n_workers):
        for a in range(limit):
            line = applications[s, a]
            if line >= 0 and line == matched[s]:
                break
            if line < 0 or scores[s, a] == -math.inf or capacity[line] <= 0:
                continue
            better = scores[s, a] > worst[line] or (scores[s, a] == worst[line] and uids[s] < worst_uid[line])
            if filled[line] < capacity[line] or better:
                blocking += 1
    return blocking

"""Policies: a closed set of kinds, and what those of a scenario amount to in one quarter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Final

from pydantic import Field

from sim.policies.base import EligibilitySpec, PolicySpec, find_places
from sim.policies.demand import AiDemandShock, HiringSubsidyPolicy
from sim.policies.housing import SettlingSupport, TalentHousing
from sim.policies.hukou import HukouQuotaPolicy, HukouRelaxationPolicy
from sim.policies.levers import Levers
from sim.policies.subsidies import LivingSubsidy, RentSubsidy
from sim.policies.training import AssociationPlatform, CurriculumReform, EnrolmentChange, IntegratedTraining
from sim.world.spec import World

PolicyClass = type[PolicySpec]

POLICY_KINDS: Final[dict[str, PolicyClass]] = {
    "living_subsidy": LivingSubsidy,
    "rent_subsidy": RentSubsidy,
    "talent_housing": TalentHousing,
    "settling_support": SettlingSupport,
    "hukou_quota": HukouQuotaPolicy,
    "hukou_relaxation": HukouRelaxationPolicy,
    "hiring_subsidy": HiringSubsidyPolicy,
    "ai_demand_shock": AiDemandShock,
    "enrolment_change": EnrolmentChange,
    "curriculum_reform": CurriculumReform,
    "integrated_training": IntegratedTraining,
    "association_platform": AssociationPlatform,
}

PolicyUnion = Annotated[
    LivingSubsidy
    | RentSubsidy
    | TalentHousing
    | SettlingSupport
    | HukouQuotaPolicy
    | HukouRelaxationPolicy
    | HiringSubsidyPolicy
    | AiDemandShock
    | EnrolmentChange
    | CurriculumReform
    | IntegratedTraining
    | AssociationPlatform,
    Field(discriminator="kind"),
]


def build_levers(
    policies: Sequence[PolicySpec], quarter: int, world: World, ended: Collection[int] = frozenset()
) -> Levers:
    """What all policies amount to in one quarter.

    Args:
        policies: those of the scenario, in its order.
        quarter: number of the quarter (`Quarter.number`).
        world: the world whose places they name.
        ended: numbers of policies that have ended before their date.

    Returns:
        Levers in which the entries of policy i carry `policy=i`.
    """
    levers = Levers.neutral(world)
    for index, policy in enumerate(policies):
        if index not in ended:
            policy.add_to(levers, index, quarter, world)
    return levers


__all__ = [
    "POLICY_KINDS",
    "EligibilitySpec",
    "Levers",
    "PolicySpec",
    "PolicyUnion",
    "build_levers",
    "find_places",
]

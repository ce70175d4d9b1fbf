"""Policies: a closed set of kinds, and what those of a scenario amount to in one quarter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Final

from pydantic import Field

from sim.policies.base import EligibilitySpec, PolicySpec, find_places
from sim.policies.cooperation import CooperationDeepening, DualTeachers, InternshipPolicy
from sim.policies.demand import (
    AiDemandShock,
    AiPriceFall,
    ApplicationScenarios,
    DemandRecession,
    HiringSubsidyPolicy,
    ResearchFunding,
)
from sim.policies.firms import FirmAttraction, FlexibleTalent, PayLinkPolicy, StartupSpace, TalentPool, TrainingSubsidy
from sim.policies.housing import SettlingSupport, TalentHousing
from sim.policies.hukou import HukouQuotaPolicy, HukouRelaxationPolicy
from sim.policies.levers import Levers
from sim.policies.matching import Certification, EvaluationReform, InformationPlatform, JobFairs
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
    "dual_teachers": DualTeachers,
    "internship": InternshipPolicy,
    "cooperation_deepening": CooperationDeepening,
    "certification": Certification,
    "training_subsidy": TrainingSubsidy,
    "firm_attraction": FirmAttraction,
    "startup_space": StartupSpace,
    "talent_pool": TalentPool,
    "pay_link": PayLinkPolicy,
    "flexible_talent": FlexibleTalent,
    "job_fairs": JobFairs,
    "information_platform": InformationPlatform,
    "evaluation_reform": EvaluationReform,
    "application_scenarios": ApplicationScenarios,
    "research_funding": ResearchFunding,
    "ai_price_fall": AiPriceFall,
    "demand_recession": DemandRecession,
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
    | AssociationPlatform
    | DualTeachers
    | InternshipPolicy
    | CooperationDeepening
    | Certification
    | TrainingSubsidy
    | FirmAttraction
    | StartupSpace
    | TalentPool
    | PayLinkPolicy
    | FlexibleTalent
    | JobFairs
    | InformationPlatform
    | EvaluationReform
    | ApplicationScenarios
    | ResearchFunding
    | AiPriceFall
    | DemandRecession,
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

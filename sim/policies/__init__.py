"""Policies: a closed set of kinds, and what those of a scenario amount to in one quarter."""

from __future__ import annotations

import functools
import operator
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
from sim.policies.housing import PurchaseSubsidy, SettlingSupport, TalentHousing
from sim.policies.hukou import HukouPointsPolicy, HukouQuotaPolicy, HukouRelaxationPolicy
from sim.policies.levers import Levers
from sim.policies.matching import Certification, EvaluationReform, InformationPlatform, JobFairs
from sim.policies.moving import MigrationBarrier, TransportImprovement
from sim.policies.rights import RegionalCooperation, SchoolPlacesPolicy
from sim.policies.subsidies import Award, LivingSubsidy, RentSubsidy, TaxRefund
from sim.policies.training import AssociationPlatform, CurriculumReform, EnrolmentChange, IntegratedTraining
from sim.world.spec import World

PolicyClass = type[PolicySpec]

NOBODY: Final = 1 << 62
"""Mask of a policy that no scenario has."""

POLICY_KINDS: Final[dict[str, PolicyClass]] = {
    "living_subsidy": LivingSubsidy,
    "rent_subsidy": RentSubsidy,
    "tax_refund": TaxRefund,
    "award": Award,
    "talent_housing": TalentHousing,
    "settling_support": SettlingSupport,
    "purchase_subsidy": PurchaseSubsidy,
    "hukou_quota": HukouQuotaPolicy,
    "hukou_relaxation": HukouRelaxationPolicy,
    "hukou_points": HukouPointsPolicy,
    "school_places": SchoolPlacesPolicy,
    "regional_cooperation": RegionalCooperation,
    "migration_barrier": MigrationBarrier,
    "transport_improvement": TransportImprovement,
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
    | TaxRefund
    | Award
    | TalentHousing
    | SettlingSupport
    | PurchaseSubsidy
    | HukouQuotaPolicy
    | HukouRelaxationPolicy
    | HukouPointsPolicy
    | SchoolPlacesPolicy
    | RegionalCooperation
    | MigrationBarrier
    | TransportImprovement
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
    _bind_received(levers, policies)
    return levers


def policy_bits(policies: Sequence[PolicySpec]) -> dict[str, int]:
    """Kind or label -> bits of the policies that it names, bit k for policy k."""
    bits: dict[str, int] = {}
    for index, policy in enumerate(policies):
        for name in {policy.kind, policy.label} - {""}:
            bits[name] = bits.get(name, 0) | 1 << index
    return bits


def _bind_received(levers: Levers, policies: Sequence[PolicySpec]) -> None:
    """Write which policies the conditions `received` and `not_received` mean into the entries of the quarter.

    A name of no policy means none: nobody has received it. `sim.policyfile` refuses such names in files.
    """
    asked = [bool(policy.eligible.received or policy.eligible.not_received) for policy in policies]
    if not any(asked):
        return
    bits = policy_bits(policies)
    for entry in levers.entries():
        if asked[entry.policy]:
            spec = policies[entry.policy].eligible
            masks = [[bits.get(name, 0) for name in names or ()] for names in (spec.received, spec.not_received)]
            needed = functools.reduce(operator.or_, masks[0], 0)
            entry.eligible["received_bits"] = NOBODY if spec.received and not needed else needed
            entry.eligible["not_received_bits"] = functools.reduce(operator.or_, masks[1], 0)


__all__ = [
    "POLICY_KINDS",
    "EligibilitySpec",
    "Levers",
    "PolicySpec",
    "PolicyUnion",
    "build_levers",
    "find_places",
    "policy_bits",
]

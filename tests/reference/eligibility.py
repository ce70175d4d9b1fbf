"""Whom a policy reaches: take-up = aware x eligible x applies."""

from sim.types import EMPLOYED
from tests.reference.draws import uniform


class Condition:
    """Who is eligible. Bit k of a mask stands for code k; all bits are set where it does not matter."""

    def __init__(self, eligible):
        record = eligible.reshape(-1)[0]
        for name in record.dtype.names:
            setattr(self, name, record[name].item())

    def reaches(self, person, city, wage, employer, quarter):
        """Whether the person is eligible when living in `city` at `wage` with `employer` (None without a job)."""
        state = person.state if employer is None else EMPLOYED
        since = quarter - person.cohort_q
        return (
            has_bit(self.place_mask, city.index)
            and has_bit(self.education_mask, person.education)
            and has_bit(self.field_mask, person.field)
            and has_bit(self.study_mask, person.study.index)
            and has_bit(self.state_mask, state)
            and self.min_quarters <= since <= self.max_quarters
            and self.wage_min_cny_m <= wage <= self.wage_max_cny_m
            and (self.industry_mask == -1 or (employer is not None and has_bit(self.industry_mask, employer.industry)))
            and (self.size_mask == -1 or (employer is not None and has_bit(self.size_mask, employer.size)))
            and self.hukou != (1 if person.hukou is city else 2)
            and self.home != (2 if person.home is city else 1)
        )

    def reaches_now(self, person, quarter):
        """Whether the person is eligible as they live and work now."""
        return self.reaches(person, person.city, person.wage, person.firm, quarter)


def has_bit(mask, code):
    """Whether bit `code` is set."""
    return mask >> code & 1 == 1


def knows_and_applies(person, policy, take_up, key_take_up):
    """Whether the person has heard of the policy and is one of those who apply, which is a lasting trait."""
    return policy in person.knows and uniform(key_take_up, person.uid, policy) < take_up

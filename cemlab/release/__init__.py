"""The last door before anything leaves: figures of too few persons, or that refer to them or give them away, are blanked."""

from cemlab.measure.persons import distinct_persons
from cemlab.release.plan import Plan, plan_release
from cemlab.release.small_groups import protect

__all__ = ["Plan", "distinct_persons", "plan_release", "protect"]

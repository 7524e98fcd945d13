"""The last door before anything leaves: figures of too few persons, or that refer to them or give them away, are blanked."""

from cemlab.measure.persons import distinct_persons
from cemlab.release.apply import apply_release
from cemlab.release.coarse import coarse_text
from cemlab.release.comments import comment_risks, release_comments, write_risks
from cemlab.release.ledger import open_ledger
from cemlab.release.person_rows import no_person_rows
from cemlab.release.plan import Plan, plan_release
from cemlab.release.small_groups import protect

__all__ = [
    "Plan",
    "apply_release",
    "coarse_text",
    "comment_risks",
    "distinct_persons",
    "no_person_rows",
    "open_ledger",
    "plan_release",
    "protect",
    "release_comments",
    "write_risks",
]

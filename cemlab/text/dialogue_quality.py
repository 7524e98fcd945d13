"""Quality of conversations by rules in a file: which conversations break which rule, and how many do."""

import pandas as pd

from cemlab.checks import nearest
from cemlab.text.dialogue import AMOUNTS, FLAGS, SECONDS

MEASURES = (*SECONDS, *AMOUNTS, *FLAGS)
FIELDS = {"zh", "en", "measure", "above", "below", "when"}


def load_rules(path="dialogue"):
    """Rules of quality out of the part ``quality`` of a cue file.

    Parameters
    ----------
    path : str
        Name in data/lexicons, or a YAML file. Each rule has ``measure``, one of ``above`` and ``below`` (what breaks it),
        labels ``zh`` and ``en``, and may have ``when``, a flag without which a conversation is not judged.

    Returns
    -------
    dict
        Rule -> its fields; empty where the file names none.

    Raises
    ------
    ValueError
        An unknown field or measure, a limit that is no number, or not exactly one limit.
    """
    from cemlab.text.lexicon import read_yaml, shipped

    rules = read_yaml(shipped(path)).get("quality") or {}
    for name, rule in rules.items():
        where = f"load_rules: quality.{name}"
        strange = sorted(set(rule) - FIELDS) if isinstance(rule, dict) else [str(rule)]
        if strange:
            raise ValueError(f"{where}: unknown field {strange[0]!r}; a rule has {sorted(FIELDS)}.")
        for field, known in (("measure", MEASURES), ("when", FLAGS)):
            value = rule.get(field)
            if value not in known and not (field == "when" and value is None):
                near = nearest(str(value), known)
                raise ValueError(
                    f"{where}.{field}: {value!r} is no measure.{f' Did you mean {near!r}?' if near else ''}"
                )
        limits = [rule[side] for side in ("above", "below") if side in rule]
        if len(limits) != 1 or isinstance(limits[0], bool) or not isinstance(limits[0], (int, float)):
            raise ValueError(f"{where}: give one number, `above` or `below`, beyond which the rule is broken.")
    return rules


def quality_flags(measures, rules):
    """Which conversations break which rule.

    Parameters
    ----------
    measures : polars or pandas data frame
        From `cemlab.text.dialogue.conversation_measures`.
    rules : dict
        From `load_rules`.

    Returns
    -------
    pandas.DataFrame
        The measures with a column for each rule: 1 broken, 0 kept, missing where the rule does not apply (its ``when`` is
        0, or the measure is missing); and ``broken``, the number of rules broken.
    """
    frame = measures.to_pandas() if hasattr(measures, "to_pandas") else measures.copy()
    for name, rule in rules.items():
        value = frame[rule["measure"]]
        beyond = value > rule["above"] if "above" in rule else value < rule["below"]
        judged = value.notna() if rule.get("when") is None else value.notna() & frame[rule["when"]].eq(1)
        frame[name] = beyond.astype(float).where(judged)
    return frame.assign(broken=frame[list(rules)].sum(axis=1) if rules else 0.0)


def quality_scores(flagged, rules, *, by=None, level=0.95, min_n=30):
    """Share of conversations that break each rule, among those it applies to, with intervals.

    Parameters
    ----------
    flagged : pandas.DataFrame
        From `quality_flags`.
    rules : dict
    by, level, min_n
        As in `cemlab.text.dialogue_scores.dialogue_scores`.

    Returns
    -------
    pandas.DataFrame
        Estimates, ``metric`` "share", percent; rules that apply to no conversation are left out.
    """
    from cemlab.measure.bases import flag_bases
    from cemlab.measure.schema import as_list, estimates
    from cemlab.measure.scores import top_box

    names = [name for name in rules if flagged[name].notna().any()]
    if not names:
        return pd.DataFrame()
    out = top_box(flagged, names, scale=(0, 1), top=[1], by=as_list(by), level=level).assign(metric="share")
    return flag_bases(estimates(out, as_list(by)), min_n=min_n, low_n=max(100, min_n))

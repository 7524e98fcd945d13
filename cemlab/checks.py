"""Guards and their wording: *where: what is wrong, how much, an example; what to do.*"""

import difflib
import math


class DataError(ValueError):
    """Answers that contradict the codebook, or a file that is not what it says it is."""


def nearest(name, known):
    """The known name closest to `name`, or None when nothing is close."""
    lowered = {str(k).lower(): str(k) for k in known}
    close = difflib.get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.6)
    begun = [key for key in lowered if len(str(name)) > 2 and key.startswith(str(name).lower())]
    best = close or begun
    return lowered[best[0]] if best else None


def require_columns(have, wanted, where):
    """Raise ValueError unless every wanted column is there; the message offers the nearest name."""
    have = [str(column) for column in have]
    absent = [column for column in wanted if column not in have]
    if absent:
        hint = nearest(absent[0], have)
        suggestion = f" Did you mean {hint!r}?" if hint else ""
        shown = [column for column in have if not column.startswith("_") and not column.endswith("__why")]
        more = f" and {len(shown) - 20} more" if len(shown) > 20 else ""
        raise ValueError(f"{where}: no column {absent}.{suggestion} Columns: {shown[:20]}{more}.")


def require_choice(value, choices, *, name, where):
    """Raise ValueError unless `value` is one of `choices`."""
    if value not in choices:
        hint = nearest(value, choices)
        suggestion = f" Did you mean {hint!r}?" if hint else ""
        raise ValueError(f"{where}: `{name}` is {value!r}; it must be one of {list(choices)}.{suggestion}")


def require_level(level, where):
    """Raise ValueError unless `level` is a number strictly between 0 and 1."""
    if isinstance(level, bool) or not isinstance(level, (int, float)) or not 0 < level < 1:
        raise ValueError(f"{where}: `level` is {level!r}; it must lie strictly between 0 and 1, for example 0.95.")


def require_scale(counts, low, high, *, column, where):
    """Raise DataError unless every answer counted is a whole number from `low` to `high`.

    `counts` holds one row per distinct answer (columns ``value`` and ``n``), so the guard serves every engine.
    """
    given = counts[counts["value"].notna()]
    allowed = (given["value"] >= low) & (given["value"] <= high) & (given["value"] % 1 == 0)
    bad = given[~allowed]
    if len(bad):
        raise DataError(
            f"{where}: column {column!r} must hold whole numbers {low:g} to {high:g}; "
            f"{bad['n'].sum():,} of {given['n'].sum():,} answers do not (values {distinct_values(bad['value'])}). "
            "List codes such as 99 under `missing` in the codebook, or recode first."
        )


def distinct_values(values, most=5):
    """The first distinct values, sorted, whole numbers written without a decimal point."""
    return [int(v) if float(v).is_integer() else float(v) for v in sorted(set(map(float, values)))][:most]


def require_weights(total_rows, missing, negative, largest, *, column, where):
    """Raise DataError when weights are missing, negative, not finite or all zero (counts come from one scan)."""
    if missing or negative or not math.isfinite(largest):
        what = f"{missing:,} missing, {negative:,} negative" + ("" if math.isfinite(largest) else ", some not finite")
        raise DataError(
            f"{where}: weight column {column!r} must be a non-negative number in every row; of {total_rows:,} rows "
            f"{what}. Weight those answers (cemlab.rake) or leave them out before the call."
        )
    if total_rows and largest == 0:
        raise DataError(
            f"{where}: weight column {column!r} is 0 in all {total_rows:,} rows; check how the weights were made."
        )

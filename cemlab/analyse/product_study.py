"""The product study: which figures it reports, part by part, and which claims it may make."""

from cemlab.analyse.concept_order import order_effects
from cemlab.analyse.concept_reasons import lift_when_ticked, source_of_volume
from cemlab.analyse.concept_test import best_concept, compare_concepts, concept_norm, concept_scores, trial_rate
from cemlab.analyse.product_rows import boxes, thing_rows
from cemlab.codebook_product import TRIAL
from cemlab.measure.compare import compare_groups
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.schema import combine
from cemlab.measure.scores import mean_score, top_box
from cemlab.measure.stack import RESPONDENT


def concept_rows(data, codebook, *, keep=()):
    """Rows of respondent x concept (`thing_rows`); None without a concept test."""
    test = codebook.product_questions.concept_test
    if test is None:
        return None
    ticks = codebook.columns[test.ticked].stored if test.ticked else []
    more = [c for c in (test.replaces,) if c]
    return thing_rows(data, codebook, thing="concept", column=test.concept, questions=list(test.rated),
                      position=test.position, keep=[*keep, *ticks, *more])  # fmt: skip


def taste_rows(data, codebook, *, keep=()):
    """Rows of respondent x product tasted (`thing_rows`); None without a tasting."""
    taste = codebook.product_questions.taste
    if taste is None:
        return None
    questions = [taste.liking, *taste.jar]
    return thing_rows(data, codebook, thing="product", column=taste.product, questions=questions, position=taste.position,
                      keep=keep)  # fmt: skip


def several(rows):
    """Whether respondents have several rows."""
    import narwhals as nw

    frame = lazy(rows, "several")
    table = frame.select(nw.col(RESPONDENT).n_unique().alias("people"), nw.len().alias("rows")).collect()
    return int(table["people"][0]) < int(table["rows"][0])


def present(rows, questions):
    """The questions that the rows hold."""
    have = set(columns_of(lazy(rows, "present")))
    return [q for q in questions if q in have]


def test_box(codebook):
    """(question, low and high code, top codes) of purchase intent."""
    intent = codebook.product_questions.concept_test.intent
    scales, tops = boxes(codebook, [intent])
    return intent, scales[intent], tops[intent]


def scores(rows, codebook, *, by=None, weights=None, level=0.95):
    """`concept_scores` of intent and the other ratings; None without a concept test."""
    if rows is None:
        return None
    questions = present(rows, codebook.product_questions.concept_test.rated)
    scales, tops = boxes(codebook, questions)
    return concept_scores(rows, questions, scale=scales, top=tops, by=by, weights=weights, level=level)


def against_control(rows, codebook, *, weights=None, level=0.95, min_n=30):
    """Top boxes of every rating against the control; of intent, every pair, where there is no control.

    Respondents who rated several concepts with known places: adjusted for the place (`order_effects`). None without a
    concept test or with a single concept.
    """
    if rows is None or concepts_in(rows) < 2:
        return None
    test = codebook.product_questions.concept_test
    questions = present(rows, test.rated if test.control else [test.intent])
    scales, tops = boxes(codebook, questions)
    many = several(rows)
    options = {"control": test.control, "weights": weights, "level": level, "min_n": min_n}
    if many and "position" in columns_of(lazy(rows, "against_control")):
        frames = [order_effects(rows, q, scale=scales[q], top=tops[q], **options).adjusted for q in questions]
        return combine(frames, by=["concept"])
    return compare_concepts(rows, questions, scale=scales, top=tops, person=RESPONDENT if many else None, **options)


def concepts_in(rows, thing="concept"):
    """Number of concepts (or products) in the rows."""
    import narwhals as nw

    return int(lazy(rows, "concepts_in").select(nw.col(thing).n_unique()).collect()[thing][0])


def pairs(rows, codebook, *, weights=None, level=0.95, min_n=30):
    """Every pair of concepts on every rating, for letters and the winner; None without two concepts."""
    if rows is None or concepts_in(rows) < 2:
        return None
    questions = present(rows, codebook.product_questions.concept_test.rated)
    scales, tops = boxes(codebook, questions)
    person = RESPONDENT if several(rows) else None
    return compare_concepts(
        rows, questions, scale=scales, top=tops, person=person, weights=weights, level=level, min_n=min_n
    )


def winner(pairs, scores, codebook, *, level=0.95):
    """`best_concept` by purchase intent; None without two concepts."""
    if pairs is None or scores is None:
        return None
    intent = codebook.product_questions.concept_test.intent
    mine = scores[(scores["metric"] == "top_box") & (scores["item"] == intent)]
    return best_concept(pairs[pairs["item"] == intent], mine, level=level)


def order(rows, codebook, *, weights=None, level=0.95, min_n=30):
    """`order_effects` of purchase intent; None unless respondents rated several concepts at known places."""
    if rows is None or "position" not in columns_of(lazy(rows, "order")) or concepts_in(rows) < 2 or not several(rows):
        return None
    intent, scale, top = test_box(codebook)
    control = codebook.product_questions.concept_test.control
    return order_effects(rows, intent, scale=scale, top=top, control=control, weights=weights, level=level, min_n=min_n)


def trial(rows, codebook, *, weights=None, level=0.95):
    """`trial_rate` by concept; None without a calibration (the trade's own serves scales of five)."""
    if rows is None:
        return None
    intent, scale, _ = test_box(codebook)
    calibration = codebook.product_questions.concept_test.calibration or (TRIAL if scale == (1, 5) else None)
    return trial_rate(rows, intent, calibration, by="concept", weights=weights, level=level) if calibration else None


def norm(scores, codebook):
    """`concept_norm` against the codebook's archive; None without one."""
    test = codebook.product_questions.concept_test
    found = concept_norm(scores, test.archive) if test and test.archive and scores is not None else None
    return found if found is not None and len(found) else None


def lift(rows, codebook, *, weights=None, level=0.95, min_n=30):
    """`lift_when_ticked` of what appealed; None without that question."""
    test = codebook.product_questions.concept_test
    if rows is None or not test.ticked:
        return None
    intent, scale, top = test_box(codebook)
    ticks = present(rows, codebook.columns[test.ticked].stored)
    cluster = RESPONDENT if several(rows) else None
    concept = "concept" if concepts_in(rows) > 1 else None
    return lift_when_ticked(rows, intent, ticks, scale=scale, top=top, concept=concept, weights=weights, cluster=cluster,
                            level=level, min_n=min_n)  # fmt: skip


def volume(rows, codebook, *, weights=None, level=0.95):
    """`source_of_volume` by concept; None unless asked."""
    test = codebook.product_questions.concept_test
    if rows is None or not test.replaces or not test.own or test.replaces not in present(rows, [test.replaces]):
        return None
    intent, scale, top = test_box(codebook)
    return source_of_volume(
        rows, intent, test.replaces, own=list(test.own), scale=scale, top=top, weights=weights, level=level
    )


def groups(rows, codebook, segments, *, weights=None, level=0.95, min_n=30):
    """Purchase intent of each segment against the others, where a single concept was tested; None otherwise.

    With several concepts the segments' intent would mix them; the table by concept and segment explores that.
    """
    if rows is None or not segments or concepts_in(rows) > 1:
        return None
    intent, scale, top = test_box(codebook)
    options = {"metric": "top_box", "scale": scale, "top": top, "weights": weights, "level": level, "min_n": min_n}
    return combine([compare_groups(rows, intent, by=segment, **options) for segment in segments], by=list(segments))


def tasted(rows, codebook, *, weights=None, level=0.95):
    """Mean and top boxes of liking by product; None without a tasting."""
    if rows is None:
        return None
    liking = codebook.product_questions.taste.liking
    scales, tops = boxes(codebook, [liking])
    options = {"by": "product", "weights": weights, "level": level}
    mean = mean_score(rows, liking, scale=scales.get(liking), **options)
    return combine(
        [mean, *([top_box(rows, liking, scale=scales, top=tops, **options)] if scales else [])], by=["product"]
    )


def taste_pairs(rows, codebook, *, weights=None, level=0.95, min_n=30):
    """Every pair of products on mean liking, errors clustered by consumer; None with fewer than two products."""
    if rows is None or concepts_in(rows, "product") < 2:
        return None
    liking = codebook.product_questions.taste.liking
    cluster = RESPONDENT if several(rows) else None
    return compare_groups(rows, liking, by="product", against="pairwise", metric="mean",
                          scale=boxes(codebook, [liking])[0].get(liking), weights=weights, cluster=cluster, level=level,
                          adjust="holm", min_n=min_n)  # fmt: skip


def candidate_claims(concepts, tastes, data, codebook, *, segments=(), weights=None, level=0.95, min_n=30):
    """Every comparison that may become a sentence: the report's one family of tests.

    Parameters
    ----------
    concepts, tastes : data frame or None
        `concept_rows` and `taste_rows`.
    data : data frame
        The wave's answers.
    codebook : Codebook
    segments : list of str
    weights, level, min_n
        As in the measures.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``concept``: against the control (or every pair on intent); ``lift``: intent by what appealed; ``group``:
        segments of a single concept; ``taste``: pairs of
        products; ``penalty``: what costs liking; ``sensory``: paired preference and triangle test; ``pack``: the new pack.
        Parts that a study lacks are left out.
    """
    from cemlab.analyse.product_pack import pack_cells
    from cemlab.analyse.product_parts import penalties, penalty_claims, sensory_tests

    options = {"weights": weights, "level": level, "min_n": min_n}
    out = {
        "concept": against_control(concepts, codebook, **options),
        "lift": lift(concepts, codebook, **options),
        "group": groups(concepts, codebook, segments, **options),
        "taste": taste_pairs(tastes, codebook, **options),
        "penalty": penalty_claims(penalties(tastes, codebook, **options), level=level),
        "sensory": sensory_tests(data, codebook, level=level),
        "pack": pack_cells(data, codebook, **options),
    }
    return {kind: frame for kind, frame in out.items() if frame is not None and len(frame)}

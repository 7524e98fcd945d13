"""The comments of a study opened for a report: read, judged, tested; nothing that names a person leaves this object."""

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd
import polars as pl

from cemlab.measure.schema import combine
from cemlab.report.comment_labels import TEXT, given_labels, labelled_sample
from cemlab.report.topics import PREFIX, as_topics, lexicon_of, stages_of

RATED = "rating:"  # before the name of a touchpoint: an aspect may have the same
LEAST = 60  # comments of this wave below which people read them and nobody counts
CHINESE = 0.5  # share of comments with a Chinese character below which the Chinese tools do not apply
MADE = {"label", "probability", "opinion"}  # columns of `with_opinions`
STABLE = 0.5  # stability below which another sample would give other themes


@dataclass(frozen=True, eq=False)
class Comments:
    """Comments of this wave and the one before; made by `open_comments`. ``reason`` says why there is nothing to count."""

    study: object
    reason: str = ""
    asked: int = 0  # answers of this wave
    written: int = 0  # of them with a comment
    data: object = field(default=None, repr=False)  # both waves, one row per comment that holds an opinion
    every: object = field(default=None, repr=False)  # the same with those that hold none (praise by default, "nothing")
    lexicon: object = field(default=None, repr=False)
    gold: object = field(default=None, repr=False)

    @property
    def now(self):
        """Comments of this wave that hold an opinion."""
        return self.data.filter(pl.col("_wave") == self.study.wave)

    @property
    def before(self):
        """Comments of the wave before."""
        return self.data.filter(pl.col("_wave") == self.study.previous)

    @property
    def waves(self):
        """Codes of the waves that have comments enough to be compared."""
        known = [self.study.previous, self.study.wave]
        return [w for w in known if w is not None and (self.data["_wave"] == w).sum() >= LEAST]

    @cached_property
    def themes(self):
        """Themes found in both waves together, or None where comments are too few or the division would not last."""
        from cemlab.checks import DataError
        from cemlab.text.themes import find_themes

        try:
            found = find_themes(self.data[TEXT], candidates=(4, 6, 8))
        except DataError:
            return None
        chosen = found.stability.loc[found.stability["chosen"], "stability"].iloc[0]
        return found if chosen >= STABLE else None

    @cached_property
    def theme_shares(self):
        """Shares of the themes in this wave, under the themes' names."""
        from cemlab.text.theme_scores import theme_scores

        rows = theme_scores(self.now, TEXT, themes=self.themes, cluster=self.person)
        return self.study.shown(rows.assign(item=rows["item"].map(self.themes.names)), self.now)

    @cached_property
    def sentiment(self):
        """Shares of positive, neutral and negative comments by wave, corrected where a labelled sample is there."""
        from cemlab.text.prevalence import sentiment_shares

        rows = self.data.filter(pl.col("_wave").is_in(self.waves))
        return self.study.shown(as_topics(sentiment_shares(rows, self.gold, by="_wave")), rows)

    @cached_property
    def net(self):
        """Net sentiment by wave, corrected as the shares are."""
        from cemlab.text.opinions import net_sentiment
        from cemlab.text.prevalence import corrected_net

        rows = self.data.filter(pl.col("_wave").is_in(self.waves))
        if self.gold is None:
            return self.study.shown(as_topics(net_sentiment(rows, by="_wave")), rows)
        return self.study.shown(as_topics(corrected_net(rows, self.gold, by="_wave")), rows)

    @cached_property
    def aspects(self):
        """Mentions and net sentiment of each aspect in this wave, with the stage of the journey."""
        from cemlab.text.aspect_scores import aspect_scores

        stages = stages_of(self.study.codebook, self.lexicon)
        rows = aspect_scores(self.now, TEXT, lexicon=self.lexicon, cluster=self.person)
        rows = self.study.shown(rows, self.now)
        rows = rows.assign(stage=rows["item"].map(stages))
        order = {stage: place for place, stage in enumerate(self.study.codebook.stages)}
        rank = rows["stage"].map(lambda stage: order.get(stage, len(order)))
        return (
            as_topics(rows).assign(rank=rank).sort_values("rank", kind="stable", ignore_index=True).drop(columns="rank")
        )

    @cached_property
    def effects(self):
        """How praise and blame of each aspect go with NPS in this wave; None where the study does not ask it."""
        from cemlab.text.aspect_scores import aspect_effects

        score = self.study.codebook.only("nps")
        if score is None or score.name not in self.data.columns:
            return None
        return self.study.shown(as_topics(aspect_effects(self.now, TEXT, score.name, lexicon=self.lexicon)), self.now)

    @property
    def scored(self):
        """Comments of this wave whose writer also gave the NPS score: the base of `effects`."""
        score = self.study.codebook.only("nps")
        return int(self.now[score.name].cast(pl.Float64).fill_nan(None).is_not_null().sum())

    @cached_property
    def sides(self):
        """Which two groups of comments are held against each other: (column, target, reference), or None.

        Promoters and detractors where the study asks NPS, else the top and bottom boxes of its first rating, else comments
        read as positive and negative.
        """
        book, have = self.study.codebook, self.data.columns
        score = book.only("nps")
        if score is not None and score.name in have:
            return score.name, "promoter", "detractor"
        ratings = [c for c in book.of_role("outcome") if c.name in have]
        if ratings:
            return ratings[0].name, "top", "bottom"
        return "label", "positive", "negative"

    @cached_property
    def words(self):
        """Words that separate the two sides (`keyness`), names and numbers masked before."""
        from cemlab.text.keyness import keyness

        rows = self.now.select(pl.col(TEXT), side=self.side()).drop_nulls().to_pandas()
        _, target, reference = self.sides
        if not {target, reference} <= set(rows["side"]):
            return None
        privacy = self.study.codebook.privacy
        least = max(privacy.min_persons, privacy.comments_min)
        found = keyness(rows, TEXT, group="side", target=target, reference=reference, min_n=least)
        return found[~found["word"].isin(masked_words())].reset_index(drop=True) if len(found) else None

    def side(self):
        """Expression: the side a comment belongs to, null for neither."""
        column, target, reference = self.sides
        if column == "label":
            return pl.when(pl.col(column).is_in([target, reference])).then(pl.col(column))
        one = self.study.codebook.columns[column]
        high, low = ((9, 10), range(7)) if one.role == "nps" else (one.scale.top_codes, one.scale.bottom_codes)
        return (
            pl.when(pl.col(column).is_in([float(v) for v in high])).then(pl.lit(target))
            .when(pl.col(column).is_in([float(v) for v in low])).then(pl.lit(reference))
        )  # fmt: skip

    @property
    def person(self):
        """Column of persons, where the study knows all of them."""
        known = self.study.person
        return known if known and not self.data[known].null_count() else None

    def quotations(self):
        """Masked sentences chosen by rule: typical praise and blame of the aspects named most, and the two extremes."""
        from cemlab.text.aspect_quotations import aspect_quotations
        from cemlab.text.quotations import extreme_quotations

        rows = self.now.unique("_person", keep="first", maintain_order=True) if self.person else self.now
        named = self.aspects[self.aspects["metric"] == "mention_share"].sort_values("estimate", ascending=False)
        leading = named.loc[named["status"] == "ok", "item"].head(5).str.removeprefix(PREFIX).tolist()
        least = self.study.codebook.privacy.comments_min
        typical = aspect_quotations(rows[TEXT], lexicon=self.lexicon, n=1, min_n=least, aspects=leading)
        typical = typical[typical["text"] != ""].assign(rule="typical")
        extreme = extreme_quotations(rows[TEXT], rows["probability"], min_n=least)
        rows = pd.concat([typical, extreme.assign(item="opinion")], ignore_index=True)
        return as_topics(rows)[["item", "label", "rule", "text"]]

    @cached_property
    def candidates(self):
        """Comparisons that may become sentences: sentiment, aspects and themes since the wave before. Empty kinds are left out."""
        from cemlab.measure.compare import compare_waves
        from cemlab.text.aspect_scores import compare_aspects
        from cemlab.text.opinions import OPINION
        from cemlab.text.theme_scores import compare_themes

        study = self.study
        if self.reason or study.previous is None or len(self.waves) < 2:
            return {}
        waves = {"current": study.wave, "previous": study.previous, "id": study.person, "min_n": study.min_n}
        whole = compare_waves(self.data, OPINION, metric="nps", wave="_wave", **waves).assign(metric="net_sentiment")
        parts = compare_aspects(self.data, TEXT, lexicon=self.lexicon, **waves)
        out = {"aspect": as_topics(pd.concat([whole, parts], ignore_index=True))}
        if self.themes is not None:
            rows = compare_themes(self.data, TEXT, themes=self.themes, **waves)
            out["theme"] = rows.assign(item=rows["item"].map(self.themes.names))
        return {kind: study.shown(frame, self.now, self.before) for kind, frame in out.items()}

    def segment_contrasts(self, rows=None):
        """Net sentiment of each group of this wave's segments against everyone else, as candidates; None without segments.

        `rows` are this wave's comments where they are judged by something else than the program.
        """
        from cemlab.measure.compare import compare_groups
        from cemlab.text.opinions import OPINION

        cuts = [cut for cut in self.study.segments if self.now[cut].n_unique() > 1] if not self.reason else []
        if not cuts:
            return None
        rows = self.now if rows is None else rows
        options = {"metric": "nps", "against": "complement", "min_n": self.study.min_n}
        frames = [compare_groups(rows, OPINION, by=cut, **options).assign(metric="net_sentiment") for cut in cuts]
        return self.study.shown(as_topics(combine(frames, by=cuts)), self.now)

    @property
    def results(self):
        """Frames for results.csv."""
        if self.reason:
            return {}
        out = {"comment_sentiment": self.sentiment, "comment_net_sentiment": self.net, "comment_aspects": self.aspects}
        out |= {"comment_effects": self.effects}
        return out | {f"comment_{kind}_changes": frame for kind, frame in self.candidates.items()}


def open_comments(study):
    """Read a study's comments for its report.

    Parameters
    ----------
    study : cemlab.report.study.Study

    Returns
    -------
    Comments
        With ``reason`` "none" (no open question or no comment), "few" (under 60 comments in this wave) or "foreign" (most
        comments hold no Chinese character); else "". Several open answers of one respondent count as one comment.

    Notes
    -----
    Everything is unweighted: who writes is no sample of who answers. Texts are masked as they are read, so that neither
    words nor themes are made of names or numbers. A labelled sample (`cemlab.text.sentiment_audit.draw_gold`) saved as
    data/audits/<name of the codebook>.csv corrects the shares.
    """
    from cemlab.masking import mask_series
    from cemlab.text.opinions import with_opinions

    book = study.codebook
    names = [column.name for column in book.of_role("comment")]
    if not names:
        return Comments(study, "none")
    for name in MADE & {*study.segments, *book.columns}:
        raise ValueError(
            f"codebook {book.name}: columns.{name}: the report on comments makes a column of this name; rename the question, "
            f"for example {name}_given, and keep {name!r} among its aliases."
        )
    waves = [wave for wave in (study.previous, study.wave) if wave is not None]
    rows = study.rows.read(waves, comments="written")
    asked = int(study.now.select(pl.len()).collect().item())
    kept = [
        "_wave",
        "_person",
        "_date",
        "_replicate",
        *(c.name for c in book.of_role("nps", "outcome")),
        *given_labels(book),
        *study.segments,
        *([study.cluster] if study.cluster else []),
    ]
    have = rows.collect_schema().names()
    rated = [pl.col(c.name).alias(RATED + c.name) for c in book.of_role("touchpoint") if c.name in have]
    told = pl.concat_str([pl.col(n).str.strip_chars() for n in names], separator="。", ignore_nulls=True)
    rows = rows.select(*dict.fromkeys(c for c in kept if c in have), *rated, told.alias(TEXT)).collect()
    rows = rows.filter(pl.col(TEXT).str.contains(r"[\p{L}\p{N}]"))
    now = rows.filter(pl.col("_wave") == study.wave)
    counted = {"asked": asked, "written": len(now)}
    if not len(now):
        return Comments(study, "none", **counted)
    if now[TEXT].str.contains(r"\p{Han}").mean() < CHINESE:
        return Comments(study, "foreign", **counted)
    if len(now) < LEAST:
        return Comments(study, "few", **counted)
    rows = with_opinions(rows.with_columns(mask_series(rows[TEXT])), TEXT)
    told = rows.filter(pl.col("label") != "none")
    if (told["_wave"] == study.wave).sum() < LEAST:
        return Comments(study, "few", **counted)
    return Comments(
        study, "", data=told, every=rows, lexicon=lexicon_of(book), gold=labelled_sample(book, rows), **counted
    )


def masked_words():
    """What masking leaves in place of a secret: no words of the respondents."""
    from cemlab.masking import LABELS

    return {label.strip("[]").lower() for label in LABELS.values()}

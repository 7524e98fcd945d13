"""Aspect lexicons: what people may write about, the words that name it, and how a lexicon grows by proposals."""

import unicodedata
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cemlab.checks import nearest, require_columns
from cemlab.codebook import LOADER

PROPOSALS = ["aspect", "word", "association", "n", "n_with_aspect", "share_with_aspect", "accept"]
BOILERPLATE = 30  # characters beyond which two people do not write the same sentence
OPINIONS = ("positive", "negative", "neutral", "ignore", "negators", "intensifiers")


class Aspect(BaseModel):
    """One aspect: its titles, the words that name it and those that judge it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: dict[str, str]
    group: str = ""
    words: list[str] = Field(default=[], description="name the aspect and judge nothing")
    positive: list[str] = Field(default=[], description="name the aspect and praise it")
    negative: list[str] = Field(default=[], description="name the aspect and blame it")
    neutral: list[str] = Field(default=[], description="name the aspect and call it average")
    praise_near: list[str] = Field(default=[], description="praise the aspect in a clause that names it")
    blame_near: list[str] = Field(default=[], description="blame the aspect in a clause that names it")
    patterns: list[str] = Field(default=[], description="regular expressions that name the aspect")

    @field_validator("words", "positive", "negative", "neutral", "praise_near", "blame_near", mode="before")
    @classmethod
    def as_text(cls, value):
        """Words as YAML wrote them, folded as texts are before matching."""
        return list(dict.fromkeys(fold(word) for word in value or []))


class Lexicon(BaseModel):
    """Aspects with their words, and the general words of praise and blame."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: dict[str, str]
    aspects: dict[str, Aspect]
    ignore: list[str] = []
    opinions: dict[str, list[str]] = {}

    def label(self, aspect, lang="zh"):
        """The aspect's title in `lang`, or its code."""
        return self.aspects[aspect].title.get(lang, aspect) if aspect in self.aspects else aspect

    def words(self):
        """All words of all aspects, for the tokeniser."""
        return sorted({w for a in self.aspects.values() for w in (*a.words, *a.positive, *a.negative, *a.neutral)})


def fold(word):
    """A word as texts are folded before matching: half width, lower case."""
    return unicodedata.normalize("NFKC", str(word)).lower()


def load_lexicon(path):
    """Read an aspect lexicon from YAML.

    Parameters
    ----------
    path : str or pathlib.Path
        The file, or the bare name of one that comes with cemlab (restaurant, hotel, shop, service). Its key ``opinions``
        may name a second file beside it, with the general words of praise and blame.

    Returns
    -------
    Lexicon
        Frozen; ``aspects`` in the order of the file.

    Raises
    ------
    ValueError
        No such file, not YAML, an unknown key (with the nearest known one), or an aspect without any word.
    """
    path = shipped(path)
    raw = read_yaml(path)
    if isinstance(raw.get("opinions"), str):
        raw["opinions"] = read_yaml(path.parent / raw["opinions"])
    raw["opinions"] = {k: [fold(w) for w in v or []] for k, v in (raw.get("opinions") or {}).items()}
    strange = [key for key in raw["opinions"] if key not in OPINIONS]
    if strange:
        raise ValueError(f"load_lexicon: {path.name} has opinions {strange}; known are {list(OPINIONS)}.")
    raw["ignore"] = [fold(word) for word in raw.get("ignore") or []]
    try:
        lexicon = Lexicon(**raw)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        hint = nearest(str(first["loc"][-1]), list(Aspect.model_fields) + list(Lexicon.model_fields))
        more = f" Did you mean {hint!r}?" if hint and first["type"] == "extra_forbidden" else ""
        raise ValueError(f"load_lexicon: {path.name}, {field}: {first['msg'].lower()}.{more}") from None
    bare = [a for a, v in lexicon.aspects.items() if not (v.words or v.positive or v.negative or v.patterns)]
    if bare:
        raise ValueError(f"load_lexicon: {path.name}: aspect {bare[0]!r} has no words; give `words` or leave it out.")
    return lexicon


def shipped(path):
    """The path, or for a bare name the file of that name among the lexicons that come with cemlab."""
    path = Path(path)
    if path.suffix or path.parent != Path():
        return path
    from cemlab.paths import data_folder

    return data_folder("lexicons") / f"{path.name}.yml"


def read_yaml(path):
    """The mapping in a YAML file, or a ValueError that names the file."""
    try:
        raw = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=LOADER)
    except FileNotFoundError:
        raise ValueError(f"load_lexicon: no file {Path(path).name!r} in {Path(path).parent.name!r}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ValueError(f"load_lexicon: {Path(path).name}{line} is not YAML; check indents and brackets.") from None
    if not isinstance(raw, dict):
        raise ValueError(f"load_lexicon: {Path(path).name} holds no keys; it needs name, title and aspects.")
    return raw


def save_lexicon(lexicon, path):
    """Write a lexicon to one YAML file (general opinions included), so that `load_lexicon` gives it back."""
    raw = lexicon.model_dump()
    raw["aspects"] = {name: {k: v for k, v in aspect.items() if v} for name, aspect in raw["aspects"].items()}
    Path(path).write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=160), encoding="utf-8")


def touchpoint_lexicon(codebook, base=None, *, lang="zh"):
    """A lexicon whose aspects are a codebook's touchpoints, so that comments join the ratings.

    Parameters
    ----------
    codebook : cemlab.codebook.Codebook
        Its touchpoint columns become aspects; the words are the title's own words, to be grown with `suggest_words`.
    base : Lexicon, optional
        Gives the general opinions, and its words for aspects of the same name.
    lang : str, default "zh"
        Language of the comments, hence of the titles used.

    Returns
    -------
    Lexicon

    Raises
    ------
    ValueError
        The codebook has no touchpoints.
    """
    from cemlab.text.tokens import tokenise

    columns = codebook.of_role("touchpoint")
    if not columns:
        raise ValueError("touchpoint_lexicon: the codebook has no column with role touchpoint.")
    titles = [fold(codebook.label(column.name, lang)) for column in columns]
    spoken = [[word for word in words if len(word) > 1] for words in tokenise(titles)]
    shared = {word for words in spoken for word in words if sum(word in other for other in spoken) > 1}
    aspects = {}
    for column, title, words in zip(columns, titles, spoken, strict=True):
        known = base.aspects.get(column.name) if base else None
        own = [title, *(word for word in words if word not in shared)]
        fields = known.model_dump() if known else {"title": {k: codebook.label(column.name, k) for k in ("zh", "en")}}
        fields |= {"group": column.stage or "", "words": [*own, *(known.words if known else [])]}
        aspects[column.name] = Aspect(**fields)
    return Lexicon(
        name=codebook.name,
        title={k: codebook.title(k) or codebook.name for k in ("zh", "en")},
        aspects=aspects,
        ignore=base.ignore if base else [],
        opinions=base.opinions if base else {},
    )


def suggest_words(texts, lexicon, *, per_aspect=10, min_n=10, min_share=0.25, stop=None):
    """Propose words that keep company with an aspect's own words; a person accepts them.

    Parameters
    ----------
    texts : list, pandas or polars series of str
        Comments of the study; some thousands are wanted.
    lexicon : Lexicon
        What is known already.
    per_aspect : int, default 10
        Proposals for each aspect at most.
    min_n : int, default 10
        Sentences that must hold the word; rarer ones are chance.
    min_share : float, default 0.25
        Share of those sentences that must name the aspect.
    stop : set of str, optional
        Words never proposed, beside those the lexicon holds already.

    Returns
    -------
    pandas.DataFrame
        ``aspect, word, association`` (normalised pointwise mutual information, -1 to 1), ``n, n_with_aspect,
        share_with_aspect, accept`` (False: set True what shall be taken over, then call `accept_words`); strongest
        association first within an aspect. Words only, no comments.

    Raises
    ------
    ValueError
        `min_share` outside (0, 1], or no texts with words.

    Notes
    -----
    Sentences, not comments, are the company; long sentences that come again word for word (signatures, copied reviews)
    count once, and grammar and counts of things are not proposed. A word is proposed for the one aspect it goes with best.
    Association is not meaning: words of one product line or one incident are proposed, too, which is why nothing enters by
    itself.

    References
    ----------
    .. [1] Bouma, G. (2009). Normalized (pointwise) mutual information in collocation extraction. GSCL, 31-40.
    """
    import numpy as np
    import pandas as pd
    import polars as pl

    from cemlab.text.aspects import clauses, mentions_by_clause
    from cemlab.text.keyness import presence
    from cemlab.text.tokens import STOP_WORDS
    from cemlab.text.word_kinds import says_something

    if not 0 < min_share <= 1:
        raise ValueError(f"suggest_words: `min_share` is {min_share}; it must lie in (0, 1].")
    parts = clauses(texts)
    if parts.is_empty():
        raise ValueError("suggest_words: no text holds words; pass the study's comments.")
    found = mentions_by_clause(parts, lexicon).select("text", "sentence", "aspect").unique()
    sentences = parts.group_by("text", "sentence", maintain_order=True).agg(pl.col("body").str.join(","))
    body = pl.col("body")
    again = ~body.is_first_distinct() & (body.str.len_chars() > BOILERPLATE)
    sentences = sentences.filter(~again).with_row_index("row")
    spoken = sentences["body"].to_list()
    held, words = presence(spoken, min_n=min_n, keep=list)
    if not len(words):
        return pd.DataFrame(columns=PROPOSALS)
    names = list(lexicon.aspects)
    spots = found.join(sentences.select("text", "sentence", "row"), on=["text", "sentence"])
    about = np.zeros((len(spoken), len(names)), dtype=np.float64)
    about[spots["row"].to_numpy(), [names.index(a) for a in spots["aspect"]]] = 1
    total = len(spoken)
    n, n_aspect = np.asarray(held.sum(0)).ravel(), about.sum(0)
    both = np.asarray(held.T @ about)
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(both * total / np.outer(n, n_aspect)) / -np.log(both / total)
    npmi = np.nan_to_num(npmi, nan=-1.0, neginf=-1.0)
    general = {w for list_ in lexicon.opinions.values() for w in list_} | set(lexicon.words()) | set(STOP_WORDS)
    taken = general | set(stop or ()) | {w for a in lexicon.aspects.values() for w in (*a.praise_near, *a.blame_near)}
    own = {name: (*a.words, *a.positive, *a.negative, *a.neutral) for name, a in lexicon.aspects.items()}
    rows = []
    for i, word in enumerate(words):
        j = int(npmi[i].argmax())
        share = both[i, j] / n[i]
        if len(word) < 2 or not says_something(word) or npmi[i, j] <= 0 or share < min_share:
            continue
        if word in taken or any(known in word for known in own[names[j]]):  # found already
            continue
        rows.append((names[j], word, npmi[i, j], int(n[i]), int(both[i, j]), share, False))
    out = pd.DataFrame(rows, columns=PROPOSALS)
    out["aspect"] = pd.Categorical(out["aspect"], names)
    out = out.sort_values(["aspect", "association", "word"], ascending=[True, False, True])
    out = out.groupby("aspect", observed=True).head(per_aspect)
    return out.assign(aspect=out["aspect"].astype(str)).reset_index(drop=True)


def accept_words(lexicon, proposals):
    """A new lexicon with the words whose ``accept`` is True; the old one stays as it is.

    Raises ValueError for a frame without ``aspect, word, accept`` or an aspect that the lexicon does not know.
    """
    require_columns(proposals.columns, ["aspect", "word", "accept"], "accept_words")
    taken = proposals[proposals["accept"].astype(bool)]
    strange = sorted(set(taken["aspect"]) - set(lexicon.aspects))
    if strange:
        raise ValueError(f"accept_words: no aspect {strange} in lexicon {lexicon.name!r}: {list(lexicon.aspects)}.")
    aspects = dict(lexicon.aspects)
    for aspect, words in taken.groupby("aspect")["word"]:
        known = aspects[aspect]
        aspects[aspect] = known.model_copy(update={"words": list(dict.fromkeys([*known.words, *map(fold, words)]))})
    return lexicon.model_copy(update={"aspects": aspects})

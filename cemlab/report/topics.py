"""What the comments of a study are about: its aspect lexicon, and the names of the aspects in reports."""

from pathlib import Path

from cemlab.checks import nearest
from cemlab.codebook import Label

OPINIONS = {
    "positive": {"zh": "好评", "en": "Positive"},
    "neutral": {"zh": "中性", "en": "Neutral"},
    "negative": {"zh": "差评", "en": "Negative"},
    "opinion": {"zh": "全部评论", "en": "All comments"},
    "volume": {"zh": "评论量", "en": "Comments"},
}
OTHER = "(other)"
PREFIX = "topic:"  # an aspect and a question may have the same name


def lexicon_of(codebook):
    """The aspect lexicon of a study: the one its codebook names, else its touchpoints, else the general one."""
    from cemlab.text.lexicon import load_lexicon, touchpoint_lexicon

    if codebook.lexicon:
        given = Path(codebook.lexicon)
        return load_lexicon(given if given.suffix else codebook.lexicon)
    general = load_lexicon("service")
    return touchpoint_lexicon(codebook, general) if codebook.of_role("touchpoint") else general


def with_topics(codebook):
    """The codebook with the names of aspects and opinions as ``topics``; as it is when it asks for no comments.

    Raises ValueError when a touchpoint names an aspect that the lexicon lacks.
    """
    if not codebook.of_role("comment"):
        return codebook
    aspects = lexicon_of(codebook).aspects
    for column in codebook.columns.values():
        for name in column.aspects:
            if name not in aspects:
                hint = nearest(name, aspects)
                near = f" Did you mean {hint!r}?" if hint else ""
                raise ValueError(
                    f"codebook {codebook.name}: columns.{column.name}.aspects: the lexicon has no aspect {name!r}.{near} "
                    f"It has {list(aspects)}."
                )
    labels = {
        name: Label(**{k: v for k, v in aspect.title.items() if k in ("zh", "en")}) for name, aspect in aspects.items()
    }
    labels |= {name: Label(**words) for name, words in OPINIONS.items()}
    return codebook.model_copy(update={"topics": {PREFIX + name: label for name, label in labels.items()}})


def as_topics(frame):
    """A result frame whose items are aspects or opinions, under the codes by which the codebook's topics name them."""
    return frame.assign(item=PREFIX + frame["item"])


def stages_of(codebook, lexicon):
    """Aspect -> stage of the journey: of the touchpoint that answers for it, or the lexicon's group where that is a stage."""
    touched = {name: column.stage for column in codebook.columns.values() for name in column.aspects}
    groups = {name: aspect.group for name, aspect in lexicon.aspects.items() if aspect.group in codebook.stages}
    return {name: touched.get(name) or groups.get(name, OTHER) for name in lexicon.aspects}

"""Conversations to measures: replies and waiting, how they run and end, words of escalation, churn and promise."""

import re

import numpy as np
import polars as pl

from cemlab.checks import DataError, require_columns

SPEAKERS = ("customer", "agent")
CUES = {
    "customer": ("escalation", "churn", "unresolved", "closing", "question"),
    "agent": ("promise", "empathy", "apology", "polite", "refusal"),
}
TIME_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
SECONDS = ("first_response", "reply_median", "longest_wait", "longest_silence", "duration")
AMOUNTS = ("turns", "agent_talk_percent", "customer_turn_length", "sentiment_change")
FLAGS = (
    "answered",
    "unanswered",
    "unresolved",
    "escalation",
    "churn",
    "promise",
    "empathy",
    "apology",
    "polite",
    "refusal",
)
NOT_MEANT = "(^|[^是要])(?:不想|不会|不打算|不准备|不是想|没想|没有要|没说要|没有|不用|不需要|撤销|撤回|取消)(?:再|去|要)?"  # 是不是要投诉 means it
DENIABLE = ("escalation", "churn")
AS_MARKS = ("unresolved", "closing", "question")  # cues that serve other flags


def load_cues(path="dialogue"):
    """Cue words from YAML: ``customer`` (escalation, churn, unresolved, closing, question) and ``agent`` (promise, empathy,
    apology, polite, refusal), each a list of words. Raises ValueError for a missing file, an unknown or an empty list.
    """
    from cemlab.text.lexicon import fold, read_yaml, shipped

    raw = read_yaml(shipped(path))
    for speaker, kinds in CUES.items():
        given = raw.get(speaker) or {}
        wrong = [k for k in given if k not in kinds] + [k for k in kinds if not given.get(k)]
        if wrong:
            raise ValueError(f"load_cues: {speaker}.{wrong[0]} is unknown or empty; each of {list(kinds)} needs words.")
    return {speaker: {kind: [fold(w) for w in raw[speaker][kind]] for kind in kinds} for speaker, kinds in CUES.items()}


def conversation_measures(
    turns,
    *,
    cues,
    conversation="conversation",
    speaker="speaker",
    time="time",
    text="text",
    customer=("customer", "客户", "顾客", "用户", "买家"),
    agent=("agent", "客服", "坐席", "员工", "商家"),
    other=("system", "bot", "系统", "机器人"),
    keep=(),
    sentiment="model",
):
    """One row per conversation: how fast, how long, how it ran and how it ended.

    Parameters
    ----------
    turns : pandas or polars data frame
        One row per message.
    cues : dict
        From `load_cues`.
    conversation, speaker, time, text : str
        Columns: id of the conversation, who speaks, when (a time, or text such as 2026-03-01 09:30:00), what.
    customer, agent, other : tuple of str
        Codes of `speaker`; messages of `other` are left out.
    keep : list of str
        Columns with one value per conversation (channel, store, wave, an agent's pseudonym) that the result carries.
    sentiment : "model", None or callable
        As in `cemlab.text.aspect_scores.aspect_columns`; scores customers' messages.

    Returns
    -------
    polars.DataFrame
        ``conversation``, the columns of `keep`, ``started``; ``first_response`` (seconds from the customer's first message
        to the next of an agent; null without one), ``reply_median, longest_wait`` (seconds from a customer's turn to the
        answer), ``longest_silence`` (between two messages), ``duration``; ``messages, turns`` (messages in a row by one
        side are one turn), ``agent_talk_percent`` (of characters), ``customer_turn_length`` (characters);
        ``opening_sentiment, closing_sentiment`` (probability, first and last opinion of the customer),
        ``sentiment_change``; flags 0/1 ``answered, unanswered, unresolved, escalation, churn, promise, empathy,
        apology, polite, refusal``.

    Raises
    ------
    ValueError
        Unknown column.
    DataError
        Speakers that are in none of the three lists; times missing or not readable; `keep` columns with several values
        in one conversation.

    Notes
    -----
    Unanswered: the customer's last turn asks something and nobody of the agents writes after it.
    Unresolved: the customer's last message holds a word of `unresolved`, or it is the last of the conversation and no
    closing word (谢谢, 好的). Flags are words, not understanding: have a sample coded by hand (`draw_to_check`) and print
    its precision beside them. A conversation cut off by the export looks unresolved.
    """
    where = "conversation_measures"
    frame = messages(turns, cues, (conversation, speaker, time, text), (customer, agent, other), list(keep), where)
    if sentiment is not None:
        frame = frame.with_columns(opinion=opinions(frame, sentiment))
    else:
        frame = frame.with_columns(opinion=pl.lit(None, pl.Float64))
    said, who, at = pl.col("text"), pl.col("who"), pl.col("at")
    is_customer, is_agent = who == "customer", who == "agent"
    new_turn = (who != who.shift(1).over("id")).fill_null(True)
    frame = frame.with_columns(turn=new_turn.cum_sum().over("id"), gap=(at - at.shift(1).over("id")).dt.total_seconds())
    turn = frame.group_by("id", "turn", maintain_order=True).agg(who.first(), start=at.min(), end=at.max())
    previous = pl.col("who").shift(1).over("id")
    wait = (pl.col("start") - pl.col("end").shift(1).over("id")).dt.total_seconds()
    turn = turn.with_columns(wait=pl.when((pl.col("who") == "agent") & (previous == "customer")).then(wait))
    waits = turn.group_by("id", maintain_order=True).agg(
        turns=pl.len(), reply_median=pl.col("wait").median(), longest_wait=pl.col("wait").max()
    )
    asked = at.filter(is_customer).min()
    length = said.str.len_chars().fill_null(0)
    own = pl.col("opinion").filter(is_customer & pl.col("opinion").is_not_null())
    flags = [pl.col(kind).any().cast(pl.Float64) for kinds in CUES.values() for kind in kinds if kind not in AS_MARKS]
    open_end = pl.col("unresolved").filter(is_customer).last() | (
        (who.last() == "customer") & ~pl.col("closing").filter(is_customer).last()
    )
    is_last = pl.col("turn") == pl.col("turn").max()
    left_open = (pl.col("question") & is_last).any()
    out = frame.group_by("id", maintain_order=True).agg(
        *(pl.col(k).first() for k in keep),
        started=at.min(),
        first_response=(at.filter(is_agent & (at >= asked)).min() - asked).dt.total_seconds(),
        longest_silence=pl.col("gap").max(),
        duration=(at.max() - at.min()).dt.total_seconds(),
        messages=pl.len(),
        agent_talk_percent=100 * length.filter(is_agent).sum() / length.sum(),
        customer_turn_length=length.filter(is_customer).sum() / new_turn.filter(is_customer).sum(),
        opening_sentiment=own.first(),
        closing_sentiment=own.last(),
        answered=(is_agent & (at >= asked)).any().cast(pl.Float64),
        unanswered=left_open.cast(pl.Float64),
        unresolved=open_end.cast(pl.Float64),
    )
    cue_flags = frame.group_by("id", maintain_order=True).agg(*flags)
    out = out.join(waits, on="id", maintain_order="left").join(cue_flags, on="id", maintain_order="left")
    out = out.with_columns(sentiment_change=pl.col("closing_sentiment") - pl.col("opening_sentiment"))
    numbers = [c for c in out.columns if c not in ("id", "started", *keep)]
    order = [
        "id",
        *keep,
        "started",
        *SECONDS,
        "messages",
        *AMOUNTS[:3],
        "opening_sentiment",
        "closing_sentiment",
        "sentiment_change",
        *FLAGS,
    ]
    return out.with_columns(pl.col(numbers).cast(pl.Float64).fill_nan(None)).select(order).rename({"id": conversation})


def messages(turns, cues, columns, codes, keep, where):
    """The messages in order, with ``id, who, at, text`` and a truth column for each kind of cue."""
    from cemlab.text.aspect_scores import polars_frame

    frame = polars_frame(turns, where)
    conversation, speaker, time, text = columns
    require_columns(frame.columns, [*columns, *keep], where)
    told = {str(code): who for who, given in zip((*SPEAKERS, "other"), codes, strict=True) for code in given}
    spoken = frame[speaker].cast(pl.String)
    strange = spoken.filter(~spoken.is_in(list(told)) | spoken.is_null())
    if len(strange):
        raise DataError(
            f"{where}: column {speaker!r} holds {len(strange):,} of {len(frame):,} messages by none of customer, agent or "
            f"other ({strange.n_unique()} codes); list the codes under `customer`, `agent` or `other`."
        )
    at = frame[time]
    if at.dtype == pl.String:
        plain = at.str.strip_chars().str.replace_all("/", "-").str.replace("T", " ", literal=True)
        tried = [plain.str.strptime(pl.Datetime("us"), form, strict=False) for form in TIME_FORMATS]
        at = pl.select(pl.coalesce(tried)).to_series()
    if not at.dtype.is_temporal() or at.null_count():
        raise DataError(
            f"{where}: {at.null_count() if at.dtype.is_temporal() else len(at):,} of {len(frame):,} times in column "
            f"{time!r} are missing or no times; write them as 2026-03-01 09:30:00."
        )
    frame = frame.select(
        pl.col(conversation).alias("id"),
        *keep,
        spoken.replace_strict(told, return_dtype=pl.String).alias("who"),
        at.alias("at"),
        pl.col(text).cast(pl.String).fill_null("").str.normalize("NFKC").str.to_lowercase().alias("text"),
    )
    for column in keep:
        several = frame.group_by("id").agg(pl.col(column).n_unique().alias("n")).filter(pl.col("n") > 1)
        if len(several):
            raise DataError(
                f"{where}: column {column!r} has several values in {len(several):,} conversations; keep only what "
                "belongs to the conversation."
            )
    frame = frame.filter(pl.col("who") != "other").sort("id", "at", maintain_order=True)
    return frame.with_columns(
        ((pl.col("who") == who) & meant(pl.col("text"), kind, words).str.contains_any(words)).alias(kind)
        for who, kinds in cues.items()
        for kind, words in kinds.items()
    )


def meant(text, kind, words):
    """The text without what the customer says not to intend (我不想投诉), for the kinds where that is said."""
    if kind not in DENIABLE:
        return text
    denied = NOT_MEANT + "(?:" + "|".join(re.escape(word) for word in words if word[0] != "不") + ")"
    return text.str.replace_all(denied, "$1")


def opinions(frame, sentiment):
    """Probability of praise in each customer message that holds words, null elsewhere."""
    from cemlab.text.aspect_scores import judge

    told = (frame["who"] == "customer") & frame["text"].str.contains(r"\p{L}{2}")
    spots = told.arg_true()
    if not len(spots):
        return pl.Series([None] * len(frame), dtype=pl.Float64)
    answer = judge(sentiment)(frame["text"].gather(spots).to_list())
    chance = np.full(len(frame), np.nan)
    chance[spots.to_numpy()] = np.asarray(pl.Series(list(answer["probability"]), dtype=pl.Float64).fill_null(np.nan))
    return pl.Series(chance).fill_nan(None)

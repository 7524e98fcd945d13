"""Conversations by hand, figures with intervals, laws, gaps and wording."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import binom

from cemlab.checks import DataError
from cemlab.text.dialogue import conversation_measures, load_cues
from cemlab.text.dialogue_scores import dialogue_scores, draw_to_check

ROWS = [  # conversation, speaker, time, text, channel
    ("a", "客户", "09:00:00", "你好，订单没有动静", "app"),
    ("a", "客户", "09:00:10", "能查一下吗", "app"),
    ("a", "系统", "09:00:11", "正在转接", "app"),
    ("a", "客服", "09:00:40", "抱歉，帮您反馈，24小时内给您回复", "app"),
    ("a", "客户", "09:02:40", "好的谢谢", "app"),
    ("b", "客户", "10:00:00", "再不处理我要打12315", "app"),
    ("c", "客服", "11:00:00", "您好", "phone"),
    ("c", "客户", "11:01:00", "还是不行，我要注销", "phone"),
    ("c", "客服", "11:03:00", "对不起，理解您，没办法", "phone"),
    ("d", "客户", "12:00:00", "谢谢", "phone"),
]
TURNS = pd.DataFrame(ROWS, columns=["conversation", "speaker", "time", "text", "channel"])
TURNS["time"] = "2026-03-01 " + TURNS["time"]


@pytest.fixture(scope="module")
def cues(root):
    return load_cues(root / "data" / "lexicons" / "dialogue.yml")


def measured(turns, cues, **options):
    """Measures by conversation as pandas, without a sentiment model."""
    options = {"sentiment": None} | options
    return conversation_measures(turns, cues=cues, **options).to_pandas().set_index("conversation")


def test_times_by_hand(cues):
    out = measured(TURNS, cues)
    assert out["first_response"].to_list()[:3] == pytest.approx([40, np.nan, 120], nan_ok=True)
    assert out.loc["a", ["reply_median", "longest_wait", "longest_silence", "duration"]].tolist() == [30, 30, 120, 160]
    assert out["messages"].tolist() == [4, 1, 3, 1] and out["turns"].tolist() == [3, 1, 3, 1]


def test_shares_and_lengths_by_hand(cues):
    """a: the customer writes 9 + 5 + 4 characters in two turns, the agent 18."""
    out = measured(TURNS, cues)
    agent = len("抱歉，帮您反馈，24小时内给您回复")
    customer = len("你好，订单没有动静") + len("能查一下吗") + len("好的谢谢")
    assert out.loc["a", "customer_turn_length"] == pytest.approx(customer / 2)
    assert out.loc["a", "agent_talk_percent"] == pytest.approx(100 * agent / (agent + customer))
    assert out.loc["b", "agent_talk_percent"] == 0


def test_flags_by_hand(cues):
    out = measured(TURNS, cues)
    flags = ["answered", "unresolved", "escalation", "churn", "promise", "empathy", "apology", "refusal"]
    assert out["unanswered"].tolist() == [0, 0, 0, 0] and out["polite"].tolist() == [0, 0, 1, 0]
    assert out.loc["a", flags].tolist() == [1, 0, 0, 0, 1, 0, 1, 0]
    assert out.loc["b", flags].tolist() == [0, 1, 1, 0, 0, 0, 0, 0]  # nobody answered, no closing word
    assert out.loc["c", flags].tolist() == [1, 1, 0, 1, 0, 1, 1, 1]  # 还是不行 stands in the last words
    assert out.loc["d", flags].tolist() == [0, 0, 0, 0, 0, 0, 0, 0]


def test_words_count_only_from_the_side_that_says_them(cues):
    turns = TURNS.assign(text="投诉 抱歉", speaker=["客户", "客户", "系统", "客服", "客户"] * 2)
    out = measured(turns[turns["conversation"] == "a"], cues)
    assert out.loc["a", ["escalation", "apology"]].tolist() == [1, 1]
    agents_only = measured(turns[turns["conversation"] == "a"].assign(speaker="客服"), cues)
    assert agents_only.loc["a", "escalation"] == 0 and np.isnan(agents_only.loc["a", "first_response"])


def test_the_course_of_sentiment(cues):
    def sentiment(texts):
        return pd.DataFrame({"probability": [0.9 if "谢谢" in t else 0.2 for t in texts]})

    out = measured(TURNS, cues, sentiment=sentiment)
    assert out.loc["a", ["opening_sentiment", "closing_sentiment"]].tolist() == [0.2, 0.9]
    assert out.loc["a", "sentiment_change"] == pytest.approx(0.7)


def test_order_of_rows_engine_and_kept_columns(cues):
    shuffled = measured(TURNS.sample(frac=1, random_state=1), cues, keep=["channel"]).sort_index()
    straight = measured(pl.from_pandas(TURNS), cues, keep=["channel"]).sort_index()
    pd.testing.assert_frame_equal(shuffled, straight)
    assert straight["channel"].tolist() == ["app", "app", "phone", "phone"]


def test_times_as_tools_write_them(cues):
    straight = measured(TURNS, cues)
    for times in (
        TURNS["time"].str.replace("-", "/").str.replace("/03/01 0", "/3/1 ").str.replace("/03/01", "/3/1"),
        TURNS["time"].str.replace(" ", "T") + ".000",
        pd.to_datetime(TURNS["time"]),
    ):
        pd.testing.assert_frame_equal(measured(TURNS.assign(time=times), cues), straight, check_dtype=False)
    minutes = measured(TURNS.assign(time=TURNS["time"].str[:16]), cues)
    assert minutes.loc["c", "first_response"] == 120


def test_scores_carry_intervals(cues):
    rng = np.random.default_rng(1)
    waits = np.round(rng.exponential(60, 400)).astype(int)
    start = pd.Timestamp("2026-03-01 09:00:00")
    rows = []
    for i, wait in enumerate(waits):
        rows += [(i, "customer", start, "请问"), (i, "agent", start + pd.Timedelta(seconds=int(wait)), "您好")]
    turns = pd.DataFrame(rows, columns=["conversation", "speaker", "time", "text"])
    measures = conversation_measures(turns, cues=cues, sentiment=None)
    out = dialogue_scores(measures).set_index(["metric", "item"])
    for metric, q in (("median", 0.5), ("p90", 0.9)):
        row = out.loc[(metric, "first_response")]
        assert row["estimate"] == pytest.approx(np.quantile(waits, q)) and row["unit"] == "seconds"
        x = np.sort(waits)
        low, high = np.searchsorted(x, row["ci_low"], "left"), np.searchsorted(x, row["ci_high"], "right")
        assert binom.cdf(high - 1, 400, q) - binom.cdf(low, 400, q) >= 0.94
        assert row["ci_low"] < row["estimate"] < row["ci_high"]
    assert out.loc[("share", "answered"), "estimate"] == 100
    assert out.loc[("share", "escalation"), "ci_high"] < 2


def test_median_intervals_cover(cues):
    """Distribution-free limits hold the true median in at least 95 % of samples (300 samples of 41: 99 % bound .917)."""
    from cemlab.text.dialogue_scores import quantile_rows

    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(300):
        row = quantile_rows(pd.DataFrame({"x": rng.exponential(1, 41)}), "x", 0.5, "median", [], 0.95).iloc[0]
        inside += row["ci_low"] <= np.log(2) <= row["ci_high"]
    assert inside / 300 >= 0.917


def test_small_bases_and_missing_times(cues):
    out = dialogue_scores(measured(TURNS, cues, keep=["channel"]).reset_index(), by="channel", min_n=1)
    rows = out.set_index(["metric", "item", "channel"])
    assert rows.loc[("median", "first_response", "app"), ["n", "n_missing"]].tolist() == [1, 1]
    assert np.isnan(rows.loc[("median", "first_response", "app"), "ci_low"])  # one value has no interval
    blanked = dialogue_scores(measured(TURNS, cues).reset_index())
    assert (blanked["status"] == "not_estimable").all() and blanked["estimate"].isna().all()


def test_draws_hold_both_sides(cues):
    many = pd.concat([TURNS.assign(conversation=TURNS["conversation"] + str(i)) for i in range(20)])
    drawn = draw_to_check(measured(many, cues).reset_index(), "churn", n=20)
    assert drawn["machine"].value_counts().to_dict() == {0: 10, 1: 10} and drawn["human"].isna().all()
    assert drawn["conversation"].is_unique
    again = draw_to_check(measured(many, cues).reset_index(), "churn", n=20)
    pd.testing.assert_frame_equal(drawn, again)


def test_wording_of_errors(cues, tmp_path):
    with pytest.raises(DataError, match=r"'speaker' holds 1 of 10 messages by none of .* \(1 codes\)"):
        conversation_measures(TURNS, cues=cues, other=("bot",))
    with pytest.raises(DataError, match=r"1 of 10 times in column 'time' are missing or no times"):
        conversation_measures(TURNS.assign(time=["gestern", *TURNS["time"][1:]]), cues=cues)
    with pytest.raises(DataError, match=r"'channel' has several values in 1 conversations"):
        conversation_measures(TURNS.assign(channel=["web", *TURNS["channel"][1:]]), cues=cues, keep=["channel"])
    with pytest.raises(ValueError, match=r"no column \['said'\]"):
        conversation_measures(TURNS, cues=cues, text="said")
    with pytest.raises(ValueError, match="cluster and a cut"):
        dialogue_scores(measured(TURNS, cues, keep=["channel"]).reset_index(), by="channel", cluster="channel")
    with pytest.raises(ValueError, match="`flag` is 'escalated'.*Did you mean 'escalation'"):
        draw_to_check(pd.DataFrame(), "escalated")
    (tmp_path / "cues.yml").write_text("customer: {escalation: [投诉]}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"load_cues: customer\.churn is unknown or empty"):
        load_cues(tmp_path / "cues.yml")


CUE_CASES = {  # written by hand: what is meant, and what only looks like it
    ("customer", "escalation"): (
        "我要投诉你们|叫你们经理来听电话|再不处理我就打12315|我去工商局反映|我要去法院起诉|你们等着被曝光吧|我已经报警了|我找记者来",
        "我用工商银行卡付的款|我是在媒体公司上班的|报警器坏了怎么换|我在法院路这家店|记者证可以打折吗",
    ),
    ("customer", "churn"): (
        "给我退订了|我要注销账户|明年不续费了|以后换一家买|再也不来你们家|我要携号转网|不会再买你们的东西|这是最后一次买了",
        "还会再来的|怎么不会再弹出窗口|最后一次登录是昨天|再也不用担心了，谢谢|我想续费",
    ),
    ("customer", "unresolved"): (
        "还是不行啊|问题还没解决|到底什么时候发货|一直没收到退款|还要等多久|重启也没用|都好几天了|每次都这样",
        "没用过这个功能，怎么用|券还没用完|已经解决了谢谢|每次都很快，谢谢|住几天了再说",
    ),
    ("agent", "promise"): (
        "我们会尽快处理|稍后给您回电|24小时内回复您|3个工作日内到账|已为您反馈，会跟进|稍后专员联系您|两天内给您答复",
        "您可以联系您的开户行|请在24小时内付款|三个工作日内未支付订单会关闭|请您尽快提交材料|之前联系您的是哪位同事",
    ),
    ("agent", "apology"): ("非常抱歉|对不起让您久等|不好意思耽误您了|请您谅解|请见谅", "感谢您的谅解|没关系|收到"),
    ("agent", "polite"): ("您好，请问有什么可以帮您|麻烦您提供订单号|请稍等|不客气", "订单号|自己看说明|不能退|等着吧"),
}


@pytest.mark.parametrize("side, kind", CUE_CASES)
def test_cues_find_what_is_meant_and_not_what_looks_like_it(cues, side, kind):
    meant, other = (text.split("|") for text in CUE_CASES[side, kind])
    found = {text: any(word in text for word in cues[side][kind]) for text in meant + other}
    assert [text for text in meant if not found[text]] == []
    assert [text for text in other if found[text]] == []


@pytest.mark.parametrize(
    "said, escalation, churn",
    [
        ("我不想投诉，只想把钱退回来", 0, 0),
        ("是不是要投诉你们才处理", 1, 0),
        ("不投诉你们就不管是吧", 1, 0),
        ("投诉我已经撤销投诉了", 1, 0),  # said twice, taken back once
        ("我没有要退订，只是问问", 0, 0),
        ("不会再来了，给我注销", 0, 1),
    ],
)
def test_what_the_customer_says_not_to_intend_is_no_flag(cues, said, escalation, churn):
    turns = pd.DataFrame(
        {"conversation": ["a"], "speaker": ["customer"], "time": ["2026-03-01 09:30:00"], "text": [said]}
    )
    row = conversation_measures(turns, cues=cues, sentiment=None).row(0, named=True)
    assert (row["escalation"], row["churn"]) == (escalation, churn)

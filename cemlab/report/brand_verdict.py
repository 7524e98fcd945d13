"""The first screen of a brand report: five figures against the last wave and the best rival, sentences, proposals."""

from itertools import zip_longest

from cemlab.report.brand_words import SENTENCES
from cemlab.report.findings import claims
from cemlab.report.wording import gap, number, value


def figure_title(metric, item, codebook, lang):
    """What a figure of a brand is called."""
    if metric == "nps":
        return "净推荐值 NPS" if lang == "zh" else "NPS"
    label = codebook.label(item, lang)
    if metric == "image":
        return label
    return f"“{label}”" if lang == "zh" else label


def signed(points):
    """A difference with its sign; nought has none."""
    rounded = round(float(points), 1) + 0.0
    return f"{rounded:+.1f}" if rounded else "0.0"


def signed_gap(difference, unit, lang):
    """A difference with its sign and unit: "−9.3 个百分点"."""
    size = gap(difference, unit, lang)
    nought = not any(digit in size for digit in "123456789")
    return size if nought else ("+" if difference > 0 else "−") + size


def brand_sentence(row, codebook, lang="zh"):
    """One finding of a brand report in words; only a claim states a difference."""
    words, unit, kind = SENTENCES[lang], row["unit"], row["kind"]
    name = figure_title(row["metric"], row["item"], codebook, lang)
    brand = codebook.option_label("brand", row["group"], lang)
    if row["verdict"] == "not_estimable":
        return words["none"].format(brand=brand, name=name)
    if row["verdict"] == "small_effect":
        return words["small"].format(brand=brand, name=name, minimum=gap(row["minimum_effect"], unit, lang))
    bounds = sorted((abs(row["difference_low"]), abs(row["difference_high"])))
    own = codebook.own_brand
    reference = row["reference"] if isinstance(row["reference"], str) else ""
    return words[kind if row["verdict"] == "claim" else f"{kind}_no"].format(
        brand=brand,
        own=codebook.option_label("brand", own, lang) if own else "",
        name=name,
        estimate=value(row["estimate"], unit, lang),
        reference_estimate=value(row["estimate"] - row["difference"], unit, lang),
        reference=codebook.wave_label(reference, lang) if kind == "change" else "",
        verb=words[row["direction"] or "up"][kind],
        size=gap(row["difference"], unit, lang),
        low=number(bounds[0], unit),
        high=number(bounds[1], unit),
        level="95%",
        n=f"{int(row['n']):,}",
    )


def brand_cards(headline, said, report):
    """Cards of the own brand's headline figures: value, change since the last wave, and the best rival.

    Parameters
    ----------
    headline : pandas.DataFrame
        `brand_study.headline` of this wave, as shown.
    said : pandas.DataFrame
        The report's findings.
    report : BrandReport

    Returns
    -------
    list of dict
        As `kpi_cards` takes them; at most five.
    """
    study, plan = report.study, report.plan
    book, lang, own = study.codebook, study.lang, plan.own or plan.brands[0]
    wanted = [("reach", item) for item in plan.headline] + ([("nps", plan.nps)] if plan.nps else [])
    cards = []
    for metric, item in wanted[:5]:
        rows = headline[(headline["metric"] == metric) & (headline["item"] == item)]
        mine = rows[rows["brand"] == own]
        if not len(mine) or mine["status"].iloc[0] not in ("ok", "low_base"):
            continue
        row = mine.iloc[0].to_dict()
        change, turn = change_words(said, metric, item, own, study)
        rivals = rows[(rows["brand"] != own) & rows["status"].isin(["ok", "low_base"])]
        note = f"n={int(row['n']):,}" + ("，" if lang == "zh" else ", ")
        note += f"[{number(row['ci_low'], row['unit'])}, {number(row['ci_high'], row['unit'])}]"
        if len(rivals):
            best = rivals.loc[rivals["estimate"].idxmax()]
            far = row["estimate"] - best["estimate"]
            size = signed_gap(far, row["unit"], lang)
            verdict = rival_verdict(said, metric, item, best["brand"], lang)
            against = SENTENCES[lang]["best"].format(rival=book.option_label("brand", best["brand"], lang), size=size)
            note += ("；" if lang == "zh" else "; ") + against + verdict
        cards.append({"title": figure_title(metric, item, book, lang).strip("“”"), "value": value(row["estimate"], row["unit"], lang),
                      "note": note, "change": change, "direction": turn})  # fmt: skip
    return cards


def change_words(said, metric, item, brand, study):
    """How a figure stands against the previous wave: words and direction."""
    from cemlab.report.verdict import TEXTS

    words = TEXTS[study.lang]
    if study.previous is None:
        return words["no_previous"], ""
    rows = said[
        (said["kind"] == "change") & (said["metric"] == metric) & (said["item"] == item) & (said["group"] == brand)
    ]
    if not len(rows) or rows["verdict"].iloc[0] == "not_estimable":
        return words["not_tested"], ""
    row, reference = rows.iloc[0], study.codebook.wave_label(study.previous, study.lang)
    if row["verdict"] != "claim":
        return words["no_change"].format(reference=reference), ""
    size = gap(row["difference"], row["unit"], study.lang)
    return words["change"].format(reference=reference, verb=words[row["direction"]], size=size), row["direction"]


def rival_verdict(said, metric, item, brand, lang):
    """Whether the gap to a rival stands: in words, in brackets."""
    rows = said[
        (said["kind"] == "rival") & (said["metric"] == metric) & (said["item"] == item) & (said["group"] == brand)
    ]
    stands = len(rows) and rows["verdict"].iloc[0] == "claim"
    if lang == "zh":
        return "（显著）" if stands else "（未见显著）"
    return " (significant)" if stands else " (no evidence)"


def brand_opening(cards, said, lang="zh"):
    """The one sentence above everything."""
    stop, comma, mark = ("。", "，", "；") if lang == "zh" else (".", ", ", "; ")
    moved = [c for c in cards if c["direction"]] or cards[:2]
    text = mark.join(f"{c['title']} {c['value']}{comma}{c['change']}" for c in moved[:2]) + stop
    return text if len(claims(said)) else text + SENTENCES[lang]["no_claims"]


def brand_findings(said, own, most=3):
    """Sentences for the first screen, in turn a change, what the own brand owns or lacks, and a gap to a rival."""
    rows = claims(said)
    rows = rows[(rows["group"] == own) | (rows["kind"] == "rival")]
    rows = rows.assign(rank=rows["kind"].map({"change": 0, "image": 1, "rival": 2}))
    ahead = (rows["kind"] == "rival") & (rows["difference"] < 0)  # where rivals lead comes first
    rows = rows.assign(ahead=ahead).sort_values(["rank", "ahead", "p_family"], kind="stable")
    turn = rows.groupby("kind").cumcount()
    return rows.assign(turn=turn).sort_values(["turn", "rank"], kind="stable")["sentence"].head(most).tolist()


def brand_suggestions(said, codebook, own, *, lang="zh", most=3):
    """Proposals that follow from tested falls, weak images and lags of the own brand."""
    words, rows, fixes = SENTENCES[lang], claims(said), {"change": [], "image": [], "rival": []}
    for row in rows[(rows["kind"] == "change") & (rows["group"] == own) & (rows["difference"] < 0)].to_dict("records"):
        name, size = figure_title(row["metric"], row["item"], codebook, lang), gap(row["difference"], row["unit"], lang)
        fixes["change"].append(
            words["fix_change"].format(name=name, size=size, reference=codebook.wave_label(row["reference"], lang))
        )
    for row in rows[(rows["kind"] == "image") & (rows["group"] == own) & (rows["difference"] < 0)].to_dict("records"):
        name = figure_title(row["metric"], row["item"], codebook, lang)
        fixes["image"].append(words["fix_image"].format(name=name, size=gap(row["difference"], row["unit"], lang)))
    behind = rows[(rows["kind"] == "rival") & (rows["difference"] > 0)].sort_values("difference", ascending=False)
    for row in behind.to_dict("records"):
        name, brand = (
            figure_title(row["metric"], row["item"], codebook, lang),
            codebook.option_label("brand", row["group"], lang),
        )
        fixes["rival"].append(
            words["fix_rival"].format(name=name, brand=brand, size=gap(row["difference"], row["unit"], lang))
        )
    turns = zip_longest(*fixes.values())
    out = [text for turn in turns for text in turn if text]
    return out[:most] or [words["nothing"]]

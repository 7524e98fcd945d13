"""The product sample as files: one csv of answers as a field agency delivers them, and the tables of what was shown."""

from pathlib import Path

import polars as pl

from cemlab.simulate_product import product_answers
from cemlab.simulate_product_rows import best_worst_design, choice_design, shop_sales

DESIGNS = {  # file name -> what makes it; named in the codebook
    "product_concept_items.csv": best_worst_design,
    "product_concept_profiles.csv": choice_design,
    "product_concept_sales.csv": shop_sales,
}


def write_product_sample(folder, seed=20261003):
    """Write the product sample: answers as codes, one column a question, and its designs beside it.

    Parameters
    ----------
    folder : str or pathlib.Path
        Made when absent.
    seed : int
        As in `simulate_product.product_answers`.

    Returns
    -------
    list of pathlib.Path
        The csv of answers (UTF-8 with BOM); designs and sales lie beside it and are read by the report.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in DESIGNS.items():
        (folder / name).write_bytes(make().write_csv().encode("utf-8"))
    path = folder / "product_concept_2026Q3.csv"
    answers = product_answers(seed).with_columns(
        pl.col("answered").dt.strftime("%Y-%m-%d %H:%M:%S"), pl.col(pl.Float64).cast(pl.String).str.strip_suffix(".0")
    )
    answers = answers.with_columns(pl.exclude("likes", "dislikes").cast(pl.String).fill_null("(跳过)"))
    path.write_bytes(b"\xef\xbb\xbf" + answers.write_csv().encode("utf-8"))
    return [path]

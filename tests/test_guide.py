"""The user guide: its codebook loads, it names every public function and every field, and both languages say the same."""

import re

import pytest

import cemlab
from cemlab.codebook import Codebook, Column, parse_codebook


@pytest.fixture(params=["zh", "en"])
def guide(request, root):
    return (root / "docs" / "guide" / f"{request.param}.md").read_text(encoding="utf-8")


def test_the_codebook_shown_is_a_codebook(guide):
    (text,) = re.findall(r"```yaml\n(.*?)```", guide, flags=re.DOTALL)
    book = parse_codebook(text, "guide")
    assert book.name == "shops" and book.columns["effort"].scale.reverse


def test_every_public_function_stands_in_one_line(guide):
    told = re.findall(r"^\| `(\w+)` \| .+ \|$", guide.split("\n## 5 ")[1], flags=re.MULTILINE)
    assert sorted(told) == sorted(cemlab.PUBLIC)


def test_every_field_of_a_codebook_is_told(guide):
    fields = (set(Codebook.model_fields) | set(Column.model_fields)) - {
        "part_of",
        "batteries",
        "topics",
    }  # made, not written
    assert [name for name in sorted(fields) if f"`{name}`" not in guide and f"`{name}:" not in guide] == []


def test_the_readmes_lead_to_the_guide(root):
    for name, guide in (("README.md", "docs/guide/en.md"), ("README.zh-CN.md", "docs/guide/zh.md")):
        assert f"({guide})" in (root / name).read_text(encoding="utf-8")
    index = (root / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert all(f"({page.name})" in index for page in (root / "docs" / "decisions").glob("0*.md"))

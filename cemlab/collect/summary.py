"""What an ingest did, in numbers and in lines to print; nobody's words, names or numbers in it."""

from dataclasses import dataclass, field


@dataclass
class FileSummary:
    """What became of one file; the counts are rows."""

    name: str
    rows: int = 0
    wave: str = ""
    added: int = 0
    repeated: int = 0
    conflicting: int = 0
    replaced: int = 0
    already: bool = False
    refused: list = field(default_factory=list)
    unknown: dict = field(default_factory=dict)
    left_out: list = field(default_factory=list)
    absent: list = field(default_factory=list)
    decisions: list = field(default_factory=list)


@dataclass
class IngestSummary:
    """What an ingest did.

    Attributes
    ----------
    study : str
        Name of the codebook.
    files : list of FileSummary
    before, after : int or None
        Version of the store; the same number when nothing was to add.
    keep : str or None
    kept_until : str or None
        Last day of the encrypted copies of the files, as ISO date; None when none was made.
    new_key : str or None
        Where the key of the pseudonyms was made, if it was made now.
    """

    study: str
    files: list
    before: int | None = None
    after: int | None = None
    keep: str | None = None
    kept_until: str | None = None
    new_key: str | None = None

    def _sum(self, name):
        return sum(getattr(file, name) for file in self.files)

    @property
    def rows(self):
        """Rows read."""
        return self._sum("rows")

    @property
    def added(self):
        """Answers that are new."""
        return self._sum("added")

    @property
    def repeated(self):
        """Answers that were there before, with the same contents."""
        return self._sum("repeated")

    @property
    def conflicting(self):
        """Answers whose key is taken with other contents."""
        return self._sum("conflicting")

    @property
    def replaced(self):
        """Stored answers that gave way (keep="last")."""
        return self._sum("replaced")

    @property
    def refused(self):
        """{reason: rows not stored}."""
        out = {}
        for file in self.files:
            for refusal in file.refused:
                out[str(refusal)] = out.get(str(refusal), 0) + refusal.rows
        return out

    @property
    def unknown(self):
        """{column: {code the codebook does not know: answers}}; such answers are kept as coded."""
        out = {}
        for file in self.files:
            for column, codes in file.unknown.items():
                for one, n in codes.items():
                    out.setdefault(column, {})
                    out[column][one] = out[column].get(one, 0) + n
        return out

    @property
    def left_out(self):
        """Columns of the files that the codebook does not name."""
        return list(dict.fromkeys(name for file in self.files for name in file.left_out))

    @property
    def absent(self):
        """Columns of the codebook that some file does not hold."""
        return list(dict.fromkeys(name for file in self.files for name in file.absent))

    def lines(self, lang="zh"):
        """The summary as lines to print.

        Parameters
        ----------
        lang : {"zh", "en"}
        """
        return [line for file in self.files for line in file_lines(file, lang)] + self._closing(lang)

    def _closing(self, lang):
        zh = lang == "zh"
        if self.before == self.after:
            out = [
                f"{self.study}：没有新答卷，数据保持不变"
                if zh
                else f"{self.study}: nothing new; the store is as before"
            ]
            if self.after is not None:
                out[0] += f"（版本 {self.after}）" if zh else f" (version {self.after})"
        else:
            was = ("无" if zh else "none") if self.before is None else self.before
            out = [
                f"{self.study}：新增 {self.added:,} 份答卷，数据版本 {was} → {self.after}"
                if zh
                else f"{self.study}: {self.added:,} answers added, version {was} -> {self.after}"
            ]
        if self.replaced:
            out[0] += f"，替换 {self.replaced:,} 份" if zh else f", {self.replaced:,} replaced"
        if self.kept_until:
            out.append(
                f"原始文件已加密保存至 {self.kept_until}，到期用 cemlab vault purge 清除（含未同意者的答卷，仅存于加密原件）"
                if zh and any(r.kind == "consent" for f in self.files for r in f.refused)
                else f"原始文件已加密保存至 {self.kept_until}"
                if zh
                else f"raw files kept encrypted until {self.kept_until}"
                + (
                    " (answers without consent are in these copies only; `cemlab vault purge` deletes them when due)"
                    if any(r.kind == "consent" for f in self.files for r in f.refused)
                    else ""
                )
            )
        if self.new_key:
            out.append(
                f"已生成匿名化密钥 {self.new_key}，请另存备份；丢失后无法再识别同一受访者"
                if zh
                else f"a key for pseudonyms was made at {self.new_key}; keep a copy, without it nobody can be recognised again"
            )
        return out


def file_lines(file, lang):
    """Lines about one file."""
    zh = lang == "zh"
    if file.already:
        return [f"{file.name}：此前已入库，未作改动" if zh else f"{file.name}: taken in before; nothing changed"]
    counts = [("读入", "read", file.rows), ("新增", "added", file.added), ("重复", "repeated", file.repeated)]
    counts += [("冲突", "conflicting", file.conflicting), ("拒收", "refused", sum(r.rows for r in file.refused))]
    told = [f"{a if zh else b} {n:,}" for a, b, n in counts if n or a in ("读入", "新增")]
    wave = f"（{'期次' if zh else 'wave'} {file.wave}）" if zh else f" (wave {file.wave})"
    out = [f"{file.name}{wave if file.wave else ''}{'：' if zh else ': '}" + ("，" if zh else ", ").join(told)]
    for refusal in file.refused:
        rows = "、".join(map(str, refusal.where)) if zh else ", ".join(map(str, refusal.where))
        text = f"  拒收 {refusal.rows:,} 行：" if zh else f"  refused {refusal.rows:,} rows: "
        text += refusal.sentence(lang) + (f"（第 {rows} 行" if zh else f" (rows {rows}")
        more = "…" if refusal.rows > len(refusal.where) else ""
        shown = (
            (f"；例如 {list(refusal.examples)}" if zh else f"; for example {list(refusal.examples)}")
            if refusal.examples
            else ""
        )
        out.append(text + more + shown + ("）" if zh else ")"))
    for column, codes in file.unknown.items():
        listed = ", ".join(f"{one} ({n:,})" for one, n in list(codes.items())[:8]) + (" …" if len(codes) > 8 else "")
        out.append(
            f"  {column}：代码本未定义的取值 {listed}，已原样保存"
            if zh
            else f"  {column}: codes the codebook does not know: {listed}; kept as coded"
        )
    for names, a, b in (
        (file.absent, "文件中没有的列", "columns the file lacks"),
        (file.left_out, "未入库的列", "columns left out"),
    ):
        if names:
            listed = ", ".join(map(str, names[:8])) + (" …" if len(names) > 8 else "")
            out.append(f"  {a} {len(names)}：{listed}" if zh else f"  {b} ({len(names)}): {listed}")
    out += [f"  {decision[lang]}" for decision in file.decisions]
    return out

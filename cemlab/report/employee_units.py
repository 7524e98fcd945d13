"""The organisation as a tree: units in order, what lies above and below, what they are called."""

from dataclasses import dataclass

from cemlab.analyse.employee_study import SEPARATOR
from cemlab.checks import nearest


@dataclass(frozen=True)
class Node:
    """One unit: its level (a column), its code, the code above (None on top) and how deep it stands (0 on top)."""

    level: str
    code: str
    parent: tuple | None
    depth: int

    @property
    def key(self):
        """(level, code)."""
        return self.level, self.code


@dataclass(frozen=True)
class Tree:
    """All units, parents before their children, in the codebook's order."""

    nodes: tuple

    def __iter__(self):
        return iter(self.nodes)

    def __getitem__(self, key):
        return next(node for node in self.nodes if node.key == key)

    def above(self, key):
        """Units above one, the highest first."""
        out, parent = [], self[key].parent
        while parent is not None:
            out.insert(0, self[parent])
            parent = out[0].parent
        return out

    def below(self, key):
        """Units below one, at every depth."""
        inside, out = {key}, []
        for node in self.nodes:
            if node.parent in inside:
                inside.add(node.key)
                out.append(node)
        return out

    def around(self, key):
        """The units above, the unit, and those below it."""
        return [*self.above(key), self[key], *self.below(key)]

    def lowest(self):
        """Units that hold no others."""
        parents = {node.parent for node in self.nodes}
        return [node for node in self.nodes if node.key not in parents]


def tree_of(rows, levels, book):
    """The units that the rows (a lazy frame) have; rows without a unit on a level end there."""
    if not levels:
        return Tree(())
    table = rows.select(levels).unique().collect().rows()
    order = {level: {c: i for i, c in enumerate(book.columns[level].options)} for level in levels}

    def place(codes):
        return [(order[level].get(last(code), len(order[level])), str(code)) for level, code in zip(levels, codes, strict=True)]  # fmt: skip

    seen = {}
    for codes in sorted(table, key=place):
        parent = None
        for depth, (level, code) in enumerate(zip(levels, codes, strict=True)):
            if code is None:
                break
            node = seen.setdefault((level, code), Node(level, code, parent, depth))
            parent = node.key
    kept = []

    def walk(parent):
        for node in seen.values():
            if node.parent == parent:
                kept.append(node)
                walk(node.key)

    walk(None)
    return Tree(tuple(kept))


def last(code):
    """The unit's own code where its parents' codes stand before it."""
    return str(code).rpartition(SEPARATOR)[2]


def unit_name(book, key, lang):
    """What a unit is called; "(all)" is the whole company."""
    if key is None or key[1] == "(all)":
        return "全公司" if lang == "zh" else "Company"
    parts = str(key[1]).split(SEPARATOR)
    levels = list(book.employee_questions.organisation)
    at = levels.index(key[0]) if key[0] in levels else 0
    names = [book.option_label(level, code, lang) for level, code in zip(levels[at + 1 - len(parts) : at + 1], parts, strict=True)]  # fmt: skip
    return SEPARATOR.join(names)


def find_unit(named, tree, book):
    """The unit that a parameter means: its code, or its label in either language."""
    named = str(named).strip()
    names = {}
    for node in tree:
        for text in (node.code, last(node.code), unit_name(book, node.key, "zh"), unit_name(book, node.key, "en")):
            names.setdefault(text, []).append(node.key)
    found = list(dict.fromkeys(names.get(named, [])))
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"employee study {book.name}: unit {named!r} means {len(found)} units; write its code.")
    hint = nearest(named, names)
    near = f" Did you mean {hint!r}?" if hint else ""
    raise ValueError(f"employee study {book.name}: no unit {named!r}.{near} Write its code or its label.")

"""The part of a codebook that names conversations with customer service: a table with one row a message."""

from pydantic import Field

from cemlab.codebook_parts import Code, Label, Part


class Conversations(Part):
    """Conversations of teams with customers: a file in data/dialogues (or data/sample), one row a message.

    `team` is what figures are cut by, `teams` what its codes are called; agents' names are never read. `cues` are the words and rules of quality: a name of
    data/lexicons, or a file. `customer`, `agent` and `other` are the codes of `speaker`.
    """

    table: str
    team: str | None = "team"
    conversation: str = "conversation"
    speaker: str = "speaker"
    time: str = "time"
    text: str = "text"
    teams: dict[Code, Label] = Field(default_factory=dict)
    cues: str = "dialogue"
    customer: tuple[str, ...] = Field(default=("customer", "客户", "顾客", "用户", "买家", "宾客"), min_length=1)
    agent: tuple[str, ...] = Field(default=("agent", "客服", "坐席", "员工", "商家"), min_length=1)
    other: tuple[str, ...] = ("system", "bot", "系统", "机器人")

    def team_name(self, code, lang="zh"):
        """What a team is called in a report."""
        return (self.teams[code](lang) if code in self.teams else "") or str(code)

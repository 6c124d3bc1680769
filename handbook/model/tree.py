"""The tree of nodes, the specifications of its diagrams and the cells of the structure table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handbook.model.plan import Level, PlanNode

BRANCH_COLOUR_COUNT = 6
"""Number of branch colours; the seventh branch has the colour of the first."""


@dataclass(frozen=True, slots=True)
class LevelCount:
    """The number of nodes of one level below a node, each counted once."""

    level: Level
    node_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    """A node in its place in the tree."""

    node: PlanNode
    path: str
    """Path of its page, from the top of the site."""
    number: str
    """Number such as 1-2-3, computed from the place in the tree; empty above the branches."""
    branch_ordinal: int
    """The ordinal of its branch, from 1; 0 above the branches."""
    is_repeat: bool
    """Whether this is a repeat (再掲). A repeat has no children; they are at the first place of the node."""
    children: tuple[TreeNode, ...]
    level_counts: tuple[LevelCount, ...]
    height: int
    """Number of steps down to the deepest leaf; 0 for a leaf."""

    @property
    def id(self) -> str:
        """The id of the node."""
        return self.node.id

    @property
    def name(self) -> str:
        """The name of the node."""
        return self.node.name

    @property
    def level(self) -> Level:
        """The level of the node."""
        return self.node.level

    @property
    def spoken_number(self) -> str:
        """The number as it is read aloud: 1の2の3."""
        return self.number.replace("-", "の")

    @property
    def colour_token(self) -> str:
        """CSS class and colour token of the branch: `branch-0` above the branches, then `branch-1` and so on."""
        return f"branch-{(self.branch_ordinal - 1) % BRANCH_COLOUR_COUNT + 1}" if self.branch_ordinal else "branch-0"

    def walk(self) -> Iterator[TreeNode]:
        """Yield the node and all nodes below it, depth first, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramSpec:
    """A structure diagram to draw: which nodes, which levels, in which style."""

    name: str
    """Name of its files, without the extension."""
    title: str
    style: str
    """`whole`, `branch` or `narrow` on the web; `sheet` or `leaf` in print."""
    subject: str
    """The subject of the plan, drawn before the first level; empty except in the diagram of the whole plan."""
    roots: tuple[TreeNode, ...]
    levels: tuple[Level, ...]
    """The levels drawn, outermost first."""

    @property
    def root(self) -> TreeNode:
        """The first of the nodes drawn; the only one unless the diagram is that of the whole plan."""
        return self.roots[0]


@dataclass(frozen=True, slots=True)
class StructureCell:
    """A cell of the structure table."""

    nodes: tuple[TreeNode, ...]
    """One node, or the leaves of a row; empty in a filler."""
    is_list: bool
    """Whether the cell lists the leaves of a row."""
    row_span: int
    """Number of rows."""
    column_span: int
    """Number of columns."""
    column: int = 0
    """Index of its first column."""
    ancestors: tuple[TreeNode, ...] = ()
    """The nodes whose cells are its row heads, outermost first."""

    @property
    def heading_id(self) -> str:
        """The id of its cell if it is a head: that of its node, and of the parent if the node is repeated there."""
        node = self.nodes[0]
        place = f"-in-{self.ancestors[-1].id}" if node.is_repeat and self.ancestors else ""
        return f"head-{node.id}{place}_"

    @property
    def heading_ids(self) -> str:
        """The ids of the cells that are its heads: of its columns, then of its ancestors."""
        columns = [f"column-{number}_" for number in range(self.column, self.column + self.column_span)]
        return " ".join([*columns, *(f"head-{node.id}_" for node in self.ancestors)])

    @property
    def spans_rows(self) -> bool:
        """Whether the cell spans more than one row."""
        return self.row_span > 1

    @property
    def spans_columns(self) -> bool:
        """Whether the cell spans more than one column."""
        return self.column_span > 1

"""Every noun, frozen. A verb takes some of these and hands others on; none is ever changed or half built.

Inside, in the order in which they come to be: `values` of fields, `records` and `plan` what the sources hold, `words`
in them, `change` what changed, `entry` nodes in their places, `record` what they add up to, `page` every page, `text`
and `drawing` what was typeset and laid out, `made` what goes on its way; `asked` holds what is made only when somebody
wants it.
"""

from handbook.model.asked import Asked
from handbook.model.change import (
    KINDS,
    LONG_DAY,
    UNRECORDED,
    Change,
    Changed,
    Comparison,
    Day,
    Edition,
    History,
    Kind,
    Marked,
    Revised,
    Shift,
)
from handbook.model.drawing import Box, Drawing, Edge, Frame
from handbook.model.entry import BRANCHES, Cell, Count, Entry, Figure
from handbook.model.made import Booklet, DataFile, Print, Restored, Theme, size_of
from handbook.model.page import (
    DepartmentPage,
    GapsPage,
    Group,
    HistoryPage,
    Listed,
    NodePage,
    Page,
    ProgressPage,
    Redirect,
    Site,
    YearPage,
)
from handbook.model.plan import Address, Again, File, Leaf, Level, Node, Plan, Term
from handbook.model.record import Chart, Due, Fill, Gap, Gauge, Reading, Said, Tally, Way, Work
from handbook.model.records import Department, Former, Indicator, Link, Review
from handbook.model.repository import Repository
from handbook.model.text import Heading, Name, Phrases, Text, Texts
from handbook.model.values import Amount, FieldValue, Item, Prose, Record, Value, YearRecord, value_texts
from handbook.model.words import COUNT, REFERENCE, anchor_of, is_address, pattern, said_day, without_code

__all__ = [
    "BRANCHES",
    "COUNT",
    "KINDS",
    "LONG_DAY",
    "REFERENCE",
    "UNRECORDED",
    "Address",
    "Again",
    "Amount",
    "Asked",
    "Booklet",
    "Box",
    "Cell",
    "Change",
    "Changed",
    "Chart",
    "Comparison",
    "Count",
    "DataFile",
    "Day",
    "Department",
    "DepartmentPage",
    "Drawing",
    "Due",
    "Edge",
    "Edition",
    "Entry",
    "FieldValue",
    "Figure",
    "File",
    "Fill",
    "Former",
    "Frame",
    "Gap",
    "GapsPage",
    "Gauge",
    "Group",
    "Heading",
    "History",
    "HistoryPage",
    "Indicator",
    "Item",
    "Kind",
    "Leaf",
    "Level",
    "Link",
    "Listed",
    "Marked",
    "Name",
    "Node",
    "NodePage",
    "Page",
    "Phrases",
    "Plan",
    "Print",
    "ProgressPage",
    "Prose",
    "Reading",
    "Record",
    "Redirect",
    "Repository",
    "Restored",
    "Review",
    "Revised",
    "Said",
    "Shift",
    "Site",
    "Tally",
    "Term",
    "Text",
    "Texts",
    "Theme",
    "Value",
    "Way",
    "Work",
    "YearPage",
    "YearRecord",
    "anchor_of",
    "is_address",
    "pattern",
    "said_day",
    "size_of",
    "value_texts",
    "without_code",
]

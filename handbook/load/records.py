"""What a node records of its doing by financial year: money, indicators, reviews; and links to other sites."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from handbook.fields import INDICATOR_FIELDS, LINK_FIELDS, NODE_FIELDS, REVIEW_FIELDS, Field, fields_by_name
from handbook.load.marked import Scalar, Value
from handbook.load.numbers import number
from handbook.load.values import Values
from handbook.mistakes import Place
from handbook.model import Amount, Indicator, Link, Prose, Review
from handbook.patterns import NUMBER_PATTERN
from handbook.years import one, told

Found = dict[str, Value]
"""The values of a node, or of one of its small tables, by key."""
_NODE, _INDICATOR, _REVIEW, _LINK = (
    fields_by_name(NODE_FIELDS),
    fields_by_name(INDICATOR_FIELDS),
    fields_by_name(REVIEW_FIELDS),
    fields_by_name(LINK_FIELDS),
)


class Records:
    """Reads the records of the nodes of one plan.yaml."""

    def __init__(self, values: Values) -> None:
        self.values = values

    def budget(self, found: Found) -> tuple[Amount, ...]:
        """Return the money of each year."""
        return self._amounts(found, _NODE["予算"])

    def indicators(self, found: Found) -> Iterator[Indicator]:
        """Yield what is measured."""
        for row in self.values.items(found["指標"], "指標") if "指標" in found else ():
            held = self.values.fields(row, _INDICATOR, "この指標")
            words = {
                name: str(self.values.read(held[name], _INDICATOR[name]))
                for name in ("名称", "単位", "向き")
                if name in held
            }
            baseline = self._baseline(held["基準値"], _INDICATOR["基準値"]) if "基準値" in held else None
            targets = self._amounts(held, _INDICATOR["目標値"])
            self._late(held, baseline, targets)
            yield Indicator(
                name=words.get("名称", ""),
                unit=words.get("単位", ""),
                aim=words.get("向き", ""),
                baseline=baseline,
                targets=targets,
                actuals=self._amounts(held, _INDICATOR["実績値"]),
                place=Place(self.values.source.file, row.line, row.column),
            )

    def reviews(self, found: Found) -> Iterator[Review]:
        """Yield how each year was judged."""
        for year, value in self.values.years(found["評価"], _NODE["評価"]).items() if "評価" in found else ():
            if isinstance(value, Scalar) and (typed := self.values.text(value, "評価")):
                hint = f"`{{評価: {typed}}}` のように書きます。ほかに `課題` `今後の方向性` を書けます"
                self.values.say(value, "not-a-record", f"{told(year)}の評価は `項目: 値` の集まりで書きます", hint)
                continue
            held = self.values.fields(value, _REVIEW, f"{told(year)}の評価")
            verdict = str(self.values.read(held["評価"], _REVIEW["評価"])) if "評価" in held else ""
            yield Review(year, verdict, self._prose(held, _REVIEW["課題"]), self._prose(held, _REVIEW["今後の方向性"]))

    def links(self, found: Found) -> Iterator[Link]:
        """Yield the links to other sites."""
        for row in self.values.items(found["リンク"], "リンク") if "リンク" in found else ():
            held = self.values.fields(row, _LINK, "このリンク")
            words = {name: str(self.values.read(value, _LINK[name])) for name, value in held.items()}
            yield Link(words.get("名称", ""), words.get("URL", ""))

    def _prose(self, held: Found, key: Field) -> Prose | None:
        return self.values.prose(held[key.name], key) if key.name in held else None

    def _baseline(self, value: Value, key: Field) -> Amount | None:
        if isinstance(value, Scalar):
            if typed := self.values.text(value, "基準値"):
                hint = f"`{{値: {typed.replace(',', '')}, 年度: 令和8年度}}` のように書きます"
                self.values.say(value, "not-a-record", "`基準値` には、値と年度を書きます", hint)
            return None
        keys = fields_by_name(key.subfields)
        held = self.values.fields(value, keys, "`基準値` ")
        typed = str(self.values.read(held["年度"], keys["年度"])) if "年度" in held else ""
        year, found = one(typed), self._number(held["値"], keys["値"]) if "値" in held else None
        return Amount(year, found[0]) if year and found else None

    def _amounts(self, held: Found, key: Field) -> tuple[Amount, ...]:
        if key.name not in held:
            return ()
        found = self.values.years(held[key.name], key)
        read = ((year, self._number(value, key.per_year or key)) for year, value in found.items())
        return tuple(Amount(year, numbers[0]) for year, numbers in read if numbers)

    def _number(self, value: Value, key: Field) -> tuple[Decimal | None] | None:
        """Read one quantity; nothing where it is none, and the word for an absent one as a quantity that is not."""
        text = str(self.values.read(value, key))
        if text == key.no_value_word:
            return (None,) if text else None
        return (number(text),) if NUMBER_PATTERN.fullmatch(text) else None

    def _late(self, held: Found, baseline: Amount | None, targets: tuple[Amount, ...]) -> None:
        """Refuse a target before the year that it starts from."""
        if baseline and targets and targets[0].year < baseline.year:
            message = f"`目標値` の {told(targets[0].year)} は、`基準値` の {told(baseline.year)} より前です"
            self.values.say(held["目標値"].key or held["目標値"], "target-too-early", message, "年度を確かめてください")

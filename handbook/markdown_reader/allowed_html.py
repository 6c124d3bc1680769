"""The elements and attributes of raw HTML that reach a page, as data; `sanitizer` removes all others."""

from __future__ import annotations

ALLOWED_TAGS = set(
    """a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr
    i img ins kbd li mark ol p pre q rp rt ruby s small strong sub sup table tbody td tfoot th thead tr u ul""".split()  # noqa: SIM905  # a list would take sixty lines
)
ALLOWED_ATTRIBUTES = {
    "*": {"id", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "scope", "align"},
}
ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}
REMOVED_WITH_CONTENT = frozenset({"script", "style"})
"""Elements whose text is removed as well."""
OTHER_TAGS = frozenset(
    """acronym address applet area article aside audio base basefont bdi bdo big blink body button canvas center command
    data datalist details dialog dir embed fieldset font footer form frame frameset h1 head header hgroup html iframe
    image input label legend link main map marquee math menu meta meter nav nobr noframes noscript object optgroup
    option output param picture plaintext progress samp script search section select slot source span strike style
    summary svg template textarea time title track tt var video wbr xmp""".split()  # noqa: SIM905  # as above
)
"""The other elements of HTML. Any further name between `<` and `>` was not meant as an element."""

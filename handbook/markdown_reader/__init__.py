"""Read Markdown: no other package contains its grammar.

`block_reader` reads the blocks of a text as GitHub does, `block_elements` makes elements of them in the place of
Python-Markdown's own reader, and `inline_syntax` adds what may be in a line; `converter` puts them together to HTML.
`sanitizer` removes what could run a script; every page is made with both.
`places` answers questions about a source text (is this `[[id]]` a link or code? is this line a heading?) by converting
the text and looking where the place is in the HTML, so that no second grammar exists that could disagree.
"""

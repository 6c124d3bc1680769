"""Read Markdown: no other package contains its grammar.

`converter` turns Markdown into HTML with Python-Markdown and the product's extensions,
`sanitizer` removes what could run a script; every page is made with both.
`places` answers questions about a source text (is this `[[id]]` a link or code? is this line a heading?) by converting
the text and looking where the place is in the HTML, so that no second grammar exists that could disagree.
"""

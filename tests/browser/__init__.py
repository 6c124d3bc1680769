"""Opens the finished sites the way readers do: in a browser, by keyboard, on a phone, on paper, from a USB stick.

Every check here asks a page that is finished and knows nothing of how it was made, so a new page is checked by being
there. What a check finds is told by place: `the fault — on how many pages, which`.
"""

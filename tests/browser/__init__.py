"""Opens the built sites as readers do: in a browser, by keyboard, on a phone, on paper, from a USB stick.

Every check opens built pages and uses no code of the product, so that new pages are checked automatically. A fault is
reported with the number of pages it is on and the first of them.
"""

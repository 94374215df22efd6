"""What the tag decides, without a browser: pure modules that CPython's tests read too.

Events are methods; where something has to be done about one, it returns the actions, in order.
"""

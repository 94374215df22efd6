"""What all tasks share.

- ``base_options``: the model file and the processor
"""

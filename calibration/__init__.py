"""What the model is held against: the published figures it cites (evidence/), and later targets and fits.

Stands on sim; sim never imports it.
"""

"""The phases of a quarter: one rule each, in one module each, called in the order of `sim.model.PHASES`."""

"""Many runs as one question: sweeps, their store, and what is learned from them. Stands on sim and calibration."""

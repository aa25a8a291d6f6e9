"""Expression terms and the functions that formulas are written with; knows nothing of networks."""

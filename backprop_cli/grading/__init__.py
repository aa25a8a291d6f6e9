"""Marking: answer sheets, verdicts on their figures, and the slips and conventions behind what is not right."""

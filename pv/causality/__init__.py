"""Support for the assessment of causality: what the text gives for each criterion, proposed and never decided.

Pure functions over the pairs of one report; the assessor's own scores stay with the assessor, and each result says so.
"""

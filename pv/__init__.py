"""Drug-event pairs from French clinical reports, each with the passage and the rule that made it."""

__version__ = "0.1.0"

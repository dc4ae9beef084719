"""Measures of what the program finds against reports that people have annotated. Pure functions over plain records."""

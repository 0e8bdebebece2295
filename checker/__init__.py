"""iac-check: a static policy checker for infrastructure as code."""

__version__ = "0.1.0"

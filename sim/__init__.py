"""Talentsim: an agent-based simulation of talent labour markets under policy."""

__version__ = "0.1.0"

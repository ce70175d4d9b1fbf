"""What the fields of policies and the keys of scenario files mean, in Chinese, by their English meaning."""

from __future__ import annotations

from typing import Final

FIELD_MEANINGS: Final[dict[str, str]] = {}

"""What a run is asked to do. Flags win over the settings file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .policy.result import Level


@dataclass(frozen=True)
class Settings:
    """The settings of one run; paths are relative to the working directory."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    trusted_keys: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)  # --var
    var_files: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    honour_ignores: bool = True
    honour_checkov: bool = False  # `checkov:skip=CKV_AWS_166: reason`
    allow_empty: bool = False
    exit_zero: bool = False
    read_everything: bool = False
    cache: bool = True
    cache_dir: str | None = None

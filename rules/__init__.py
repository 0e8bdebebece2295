"""Rule cards and known modules: data only, compiled to `checker/policy/shipped.py`."""

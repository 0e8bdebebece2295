"""Rule cards and known modules: data only. `index.json` is compiled from the YAML beside it."""

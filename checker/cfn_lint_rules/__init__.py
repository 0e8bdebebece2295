"""The rules as a plugin of cfn-lint: docs/use/cfn-lint.md."""

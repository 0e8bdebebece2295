"""The rules as a plugin of cfn-lint: `cfn-lint --append-rules $(iac-check --cfn-lint-rules)`."""

"""What a cloud assembly of the CDK says beside its templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iac_check.cloudformation.assembly import Assembly, Construct, Place
from iac_check.pipeline import run
from iac_check.settings import Settings

VAULT = {"Type": "AWS::Backup::BackupVault"}


def _assembly(files: dict[str, object]) -> Assembly:
    written = {f"out/{name}": json.dumps(content).encode() for name, content in files.items()}
    return Assembly("out", written.get)


def _stack(metadata: object, **more: object) -> dict[str, Any]:
    stack = {"type": "aws:cloudformation:stack", "metadata": metadata, **more}
    return {"artifacts": {"App": stack}}


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        ("new VaultStack (/app/lib/vaults.ts:6:3)", Place("/app/lib/vaults.ts", 6, 3)),
        ("at /app/bin/app.ts:4:1", Place("/app/bin/app.ts", 4, 1)),
        ("<anonymous> (C:\\app\\app.js:4:1)", Place("C:\\app\\app.js", 4, 1)),
        ("new BackupVault (/app/node_modules/aws-cdk-lib/aws-backup/lib/vault.js:1:2)", None),
        ("Module._compile (node:internal/modules/cjs/loader:1101:14)", None),
        ("...node internals...", None),
        ("new Stack (/app/a.ts:0:0)", None),
    ],
)
@pytest.mark.parametrize("kind", ["trace", "creationStack"])
def test_the_first_frame_of_the_users_own(frame: str, place: Place | None, kind: str) -> None:
    older = {"type": "aws:cdk:logicalId", "data": "V", "trace": ["new X (node:a:1:1)", frame]}
    newer = {"type": "aws:cdk:creationStack", "data": ["new X (node:a:1:1)", frame]}
    metadata = {"/App/V": [older if kind == "trace" else newer]}
    assembly = _assembly({"manifest.json": _stack(metadata)})
    assert assembly.construct("out/App.template.json", "V", "App/V") == Construct("App/V", place)


def test_a_logical_id_belongs_to_the_nearest_template() -> None:
    def named(id_: str) -> list[dict[str, str]]:
        return [{"type": "aws:cdk:logicalId", "data": id_}]

    more = {
        "/App": [{"type": "aws:cdk:templateFile", "data": "App.template.json"}],
        "/App/Inner": [{"type": "aws:cdk:templateFile", "data": "Inner.template.json"}],
        "/App/V": named("V"),
        "/App/Inner/Deep/V": named("V"),
    }
    stack = _stack({}, additionalMetadataFile="App.metadata.json")
    assembly = _assembly({"manifest.json": stack, "App.metadata.json": more})
    outer = assembly.construct("out/App.template.json", "V", None)
    inner = assembly.construct("out/Inner.template.json", "V", None)
    assert outer == Construct("App/V", None)
    assert inner == Construct("App/Inner/Deep/V", None)
    assert assembly.construct("out/Other.template.json", "V", None) is None


@pytest.mark.parametrize(
    "manifest",
    [
        None,
        [],
        {"artifacts": 1},
        {"artifacts": {"A": 1, "B": {"type": "aws:cloudformation:stack", "metadata": [1]}}},
        _stack({"/App/V": 1}),
        _stack({"/App/V": [{"type": "aws:cdk:creationStack", "data": 1}]}),
        _stack({}, additionalMetadataFile="../secret.json"),
        _stack({}, additionalMetadataFile=["x"]),
        {"artifacts": {"A": {"type": "cdk:asset-manifest", "properties": {"file": 1}}}},
    ],
)
def test_a_manifest_of_another_shape_says_nothing(manifest: object) -> None:
    files = {"manifest.json": manifest, "../secret.json": {"/App/V": []}}
    assembly = _assembly(files)
    found = assembly.construct("out/App.template.json", "V", "App/V")
    assert found is None or found.created is None
    assert assembly.asset("https://s3/bucket/key.json") is None


def test_a_finding_leads_to_the_line_that_creates_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib").mkdir()
    (tmp_path / "cdk.out").mkdir()
    (tmp_path / "lib/app.ts").write_text("import x;\n  new BackupVault(this, 'V');\n")
    frames = [f"new App ({tmp_path}/lib/app.ts:2:3)"]
    metadata = {
        "/App/V": [{"type": "aws:cdk:creationStack", "data": frames}],
        "/App/W": [{"type": "aws:cdk:creationStack", "data": ["x (/etc/hostname:1:1)"]}],
    }
    vaults = {id_: {**VAULT, "Metadata": {"aws:cdk:path": f"App/{id_}"}} for id_ in "VW"}
    (tmp_path / "cdk.out/manifest.json").write_text(json.dumps(_stack(metadata)))
    (tmp_path / "cdk.out/App.template.json").write_text(json.dumps({"Resources": vaults}))
    found, outside = run(["."], Settings(cache=False)).results
    assert found.construct == "App/V"
    assert [(str(hop.span), hop.span.text) for hop in found.notes] == [
        ("lib/app.ts:2:3", "new BackupVault(this, 'V');")
    ]
    assert outside.construct == "App/W"
    assert outside.notes == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_manifest_gives_a_stack_its_parameters(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    key, alias = {"Type": "AWS::KMS::Key"}, {"AliasName": "alias/a", "TargetKeyId": {"Ref": "K"}}
    vault = {**VAULT, "Properties": {"EncryptionKeyArn": {"Ref": "Key"}}}
    template = {
        "Parameters": {"Key": {"Type": "String", "Default": "alias/a"}},
        "Resources": {"K": key, "A": {"Type": "AWS::KMS::Alias", "Properties": alias}, "V": vault},
    }
    given = {"templateFile": "App.template.json", "parameters": {"Key": "alias/aws/backup"}}
    Path("App.template.json").write_text(json.dumps(template))
    Path("manifest.json").write_text(json.dumps(_stack({}, properties=given)), encoding)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.reason == "aws-managed"
    Path("given.json").write_text('{"Key": "alias/a"}')
    (result,) = run(["."], Settings(cache=False, parameters=("given.json",))).results
    assert result.reason is None

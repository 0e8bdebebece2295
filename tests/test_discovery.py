"""Which files are read: what is skipped, followed, and refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from iac_check.discovery import Tree, Walker, normal
from iac_check.paths import boundary, named, resolved
from iac_check.pipeline import run
from iac_check.settings import Settings, load
from iac_check.source import InputError

VAULT = 'resource "aws_backup_vault" "v" {}\n'
NEEDLES = ("aws_backup_vault", "AWS::Backup::BackupVault")


def walk(*paths: str, **options: object) -> Tree:
    return Walker(NEEDLES, **options).walk(paths)  # type: ignore[arg-type]


def files(tree: Tree) -> set[str]:
    found = [file.path for folder in tree.terraform.values() for file in folder]
    return {*found, *(file.path for file in tree.templates)}


def write(root: Path, **contents: str) -> None:
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_a_candidate(root: Path) -> None:
    write(root, **{
        "a.tf": "", "b.tofu": "", "c.tf.json": "{}", "d.txt": VAULT, "e.tfvars": "",
        "node_modules/x/main.tf": VAULT, ".terraform/modules/x/main.tf": VAULT,
        "t.yaml": "Resources:\n  V:\n    Type: AWS::S3::Bucket\n", "k8s.yaml": "kind: Pod\n",
    })  # fmt: skip
    tree = walk(".")
    assert files(tree) == {"a.tf", "b.tofu", "c.tf.json", "t.yaml"}
    assert tree.files == 4
    assert tree.initialised == ["."]


@pytest.mark.parametrize(
    ("name", "content", "hit"),
    [
        ("a.tf", VAULT, True),
        ("a.tf", 'resource "aws_s3_bucket" "b" {}', False),
        ("a.tf", 'resource "aws_backup_v\\u0061ult" "v" {}', True),
        ("a.tf", 'path = "C:\\\\Users"', False),
        ("a.yaml", "Resources: {V: {Type: 'AWS::Backup::BackupVault'}}", True),
        ("a.yaml", 'Resources: {V: {Type: "AWS::Backup::Backup\\x56ault"}}', True),
        ("a.yaml", 'Resources: {V: {Type: "AWS::Backup::Backup\\\n  Vault"}}', True),
        ("a.json", '{"Resources": {"V": {"Type": "AWS::Backup::Backup\\u0056ault"}}}', True),
    ],
)
def test_what_is_a_hit(root: Path, name: str, content: str, hit: bool) -> None:
    write(root, **{name: content})
    assert Walker(NEEDLES).walk(["."]).hits() is hit


def test_modules_outside_of_the_named_path_are_followed(root: Path) -> None:
    write(root, **{
        "env/main.tf": 'module "a" {\n  source = "../modules/a"\n}\n',
        "modules/a/main.tf": 'module "b" { source = "../b" }\n',
        "modules/b/main.tf": VAULT,
        "modules/c/main.tf": VAULT,
    })  # fmt: skip
    assert files(walk("env")) == {"env/main.tf", "modules/a/main.tf", "modules/b/main.tf"}


def test_templates_are_nested_from_anywhere_in_the_repository(root: Path) -> None:
    nests = "Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}}\n"
    vault = "Resources: {V: {Type: AWS::Backup::BackupVault}}\n"
    write(root, **{
        "stacks/a.yaml": nests % "../shared/b", "stacks/remote.yaml": nests % "s3://b/shared/c.yaml",
        "stacks/part.json": '{"Resources": {"P": {"Type": "AWS::Serverless::Application", '
        '"Properties": {"Location": "../shared/d 1.txt"}}}}',
        "shared/b": nests % "'e.yaml'", "shared/c.yaml": vault, "shared/d 1.txt": vault,
        "shared/e.yaml": vault,
    })  # fmt: skip
    found = files(walk("stacks"))
    assert {path for path in found if "shared" in path} == {
        "shared/b", "shared/d 1.txt", "shared/e.yaml"
    }  # fmt: skip


def test_a_nested_template_outside_is_an_error(root: Path) -> None:
    nests = "Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}}\n"
    write(root, **{"scan/.git/HEAD": "", "scan/a.yaml": nests % "../b.yaml", "b.yaml": VAULT})
    (error,) = walk("scan").errors
    assert error.path == "b.yaml"
    assert "outside" in error.message


@pytest.mark.parametrize(
    "type_",
    [
        "&anchor A::B::C",
        "!!str A::B::C",
        ">-\n      A::B::C",
        "# a comment\n      A::B::C",
        "'A::B::C'",
    ],
)
def test_a_template_by_its_types(type_: str, root: Path) -> None:
    write(root, **{"t.yaml": f"Resources:\n  R:\n    Type: {type_}\n"})
    assert walk(".").files == 1


def test_endings_of_templates_are_in_any_case(root: Path) -> None:
    vault = "Resources: {V: {Type: AWS::Backup::BackupVault}}\n"
    write(root, **{"a.YAML": vault, "b.Json": vault, "c.cfn": vault, "d.TF": VAULT})
    assert files(walk(".")) == {"a.YAML", "b.Json", "c.cfn"}


def test_links_are_read_only_inside(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, **{"main.tf": VAULT})
    write(root, **{"real/main.tf": VAULT})
    (root / "out.tf").symlink_to(outside / "main.tf")
    (root / "in.tf").symlink_to(root / "real" / "main.tf")
    (root / "folder").symlink_to(outside)
    tree = walk(".")
    assert files(tree) == {"real/main.tf", "in.tf"}
    assert [(error.path, "outside" in error.message) for error in tree.errors] == [("out.tf", True)]


def test_a_module_behind_a_link_goes_by_its_own_name(root: Path) -> None:
    write(root, **{"env/main.tf": 'module "a" { source = "./link/a" }', "shared/a/main.tf": VAULT})
    (root / "env" / "link").symlink_to(root / "shared")
    assert files(walk("env")) == {"env/main.tf", "shared/a/main.tf"}
    (result,) = run(["."], Settings(cache=False)).results
    assert (result.address, result.span.source.path) == (
        "module.a.aws_backup_vault.v",
        "shared/a/main.tf",
    )


def test_a_folder_behind_a_link_is_searched_once(root: Path) -> None:
    """By its own name, wherever in the repository it is; links may lead in circles."""
    write(root, **{
        "envs/ok.tf": "", "envs/inner/main.tf": VAULT, "real/prod/main.tf": VAULT,
        "real/prod/deep/main.tf": VAULT, "vendor/x/main.tf": VAULT,
    })  # fmt: skip
    for link, target in {
        "envs/prod": "real/prod", "envs/again": "real/prod/deep", "real/prod/back": "envs",
        "envs/here": "envs/inner", "envs/left": "vendor/x", "envs/.venv": "vendor", "envs/no": "no",
        "envs/loop": "envs/loop",
    }.items():  # fmt: skip
        (root / link).symlink_to(root / target)
    found = {"envs/ok.tf", "envs/inner/main.tf", "real/prod/main.tf", "real/prod/deep/main.tf"}
    tree = walk("envs", exclude=("vendor",))
    assert files(tree) == found
    assert not tree.errors
    assert not tree.warnings
    assert files(walk("envs", "real")) == files(walk("envs")) == {*found, "vendor/x/main.tf"}
    (result, *others) = run(["envs"], Settings(cache=False)).results
    assert (result.span.source.path, len(others)) == ("envs/inner/main.tf", 3)
    assert len(run(["envs/prod", "envs"], Settings(cache=False)).results) == 4


def test_a_linked_folder_that_may_not_be_read_is_told(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (root / "link").symlink_to(tmp_path_factory.mktemp("outside"))
    (warning,) = run(["."], Settings(cache=False)).warnings
    assert warning.startswith("link: a linked folder outside of what may be read")


def test_files_that_terraform_passes_over(root: Path) -> None:
    write(root, **{".hidden.tf": VAULT, "main.tf": "", "main.tf~": VAULT})
    (root / ".#main.tf").symlink_to("somebody@host.1234")
    assert files(walk(".")) == files(walk("main.tf")) == {"main.tf"}
    assert not walk(".").errors


@pytest.mark.parametrize(
    "source",
    ['/* c */ "./m"', '("./m")', '"\\u002e/m"', '"./${local.m}"'],
)
def test_a_source_that_the_bytes_do_not_tell(root: Path, source: str) -> None:
    write(root, **{"main.tf": f'module "m" {{\n  source = {source}\n}}'})
    assert walk(".").unsure == {"."}


def test_sources_of_other_things_are_nobodys_concern(root: Path) -> None:
    write(root, **{"main.tf": 'resource "x" "y" {\n  source = "${path.module}/z"\n}'})
    assert not walk(".").unsure


def test_exclude(root: Path) -> None:
    write(root, **{"vendor/a/main.tf": VAULT, "main.tf": ""})
    assert files(walk(".", exclude=("vendor/*",))) == {"main.tf"}


def test_unsaved_content_stands_in_for_the_file(root: Path) -> None:
    write(root, **{"main.tf": ""})
    tree = walk("main.tf", unsaved={"main.tf": VAULT.encode()})
    assert [file.hit for file in tree.terraform["."]] == [True]
    assert files(walk("new.tf", unsaved={"new.tf": b""})) == {"main.tf", "new.tf"}


def test_the_boundary_is_the_repository(root: Path) -> None:
    (root / "inner").mkdir()
    assert boundary("inner") == str(root.resolve())


def test_the_boundary_of_a_path_is_the_innermost(root: Path) -> None:
    write(root, **{"a.tf": "", "inner/.git/HEAD": "", "inner/a.tf": ""})
    walker = Walker(NEEDLES)
    walker.walk([".", "inner"])
    assert walker.boundary_of("inner/a.tf") == str((root / "inner").resolve())
    assert (walker.anchored("inner/a.tf"), walker.anchored("a.tf")) == ("a.tf", "a.tf")


def test_paths_are_relative_with_slashes(root: Path) -> None:
    assert normal(str(root / "a" / ".." / "b.tf")) == "b.tf"
    assert normal("./a//b.tf") == "a/b.tf"


@pytest.fixture
def current(root: Path) -> Path:
    """`cur` leads to `rel/5/app`, beside which is another `infra` than here."""
    write(root, **{"rel/5/app/main.tf": "", "rel/5/infra/main.tf": VAULT, "infra/main.tf": ""})
    (root / "cur").symlink_to(root / "rel/5/app")
    return root


def test_dots_after_a_link_lead_to_where_the_system_goes(current: Path) -> None:
    for path in ("cur/../infra", "cur/../infra/main.tf", str(current / "cur/../infra")):
        (result,) = run([path], Settings(cache=False)).results
        assert result.span.source.path == "rel/5/infra/main.tf"
    assert resolved("cur/..") == "rel/5"
    for path in ("rel/../infra", "../x", "..", "a/b", "", "cur/main.tf"):
        assert resolved(path) == path


def test_a_named_link_is_the_folder_that_it_leads_to(current: Path) -> None:
    """Terraform goes there, and from there its calls."""
    (current / "rel/5/app/main.tf").write_text('module "v" {\n  source = "../infra"\n}\n')
    (current / "away").mkdir()
    for path in ("cur", "cur/", str(current / "cur")):
        (result,) = run([path], Settings(cache=False)).results
        assert result.span.source.path == "rel/5/infra/main.tf"
        assert result.address == "module.v.aws_backup_vault.v"
    (current / "real.tf").write_text(VAULT)
    (current / "link.tf").symlink_to("real.tf")
    assert named(["link.tf", "cur/main.tf", "cur/new.tf", "", "."]) == [
        "link.tf", "rel/5/app/main.tf", "rel/5/app/new.tf", "", "."
    ]  # fmt: skip


def test_a_link_to_a_whole_repository_keeps_its_name(
    current: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = current.parent / "other"
    other.mkdir()
    (other / "link").symlink_to(current)
    (other / "inner").symlink_to(current / "cur")
    monkeypatch.chdir(other)
    assert named(["link", "link/infra", str(other / "link")]) == [
        "link", "link/infra", str(other / "link")
    ]  # fmt: skip
    assert named(["link/cur", "inner"]) == ["link/rel/5/app", f"../{current.name}/rel/5/app"]


def test_settings_with_dots_after_a_link(current: Path) -> None:
    write(current, **{
        "rel/5/x.toml": 'var-files = ["app/a.tfvars", "../../cur/../b.tfvars"]\nexclude = ["y"]\n',
        "x.toml": "",
    })  # fmt: skip
    found = load("cur/../x.toml")
    assert found.var_files == ("rel/5/app/a.tfvars", "rel/5/b.tfvars")
    assert (found.file, found.exclude) == ("rel/5/x.toml", ("rel/5/y",))
    write(current, **{"rel/5/app/x.toml": 'exclude = ["y"]\n'})
    assert load("cur/x.toml").exclude == ("rel/5/app/y",)


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    """What nobody may ask for is let go, and read again if somebody does."""
    file = tmp_path / "t.yaml"
    vault = "Resources: {V: {Type: AWS::Backup::BackupVault}}"
    bucket = vault.replace("AWS::Backup::BackupVault", "AWS::S3::Bucket").ljust(len(vault))
    file.write_text(bucket)
    walker = Walker(["AWS::Backup::BackupVault"], related=())
    (found,) = walker.walk([str(tmp_path)]).templates
    assert found.data == bucket.encode()
    for other in (f"{bucket} ", vault, bucket.replace("Resources", "resources")):
        file.write_text(other)
        with pytest.raises(InputError, match="changed while it was read"):
            _ = found.data


def test_a_file_that_is_too_large_is_an_error(root: Path) -> None:
    """At the limit that is documented, whatever the file holds: a sparse one is cheap."""
    for name, size in (("a.tf", 50 * 1024 * 1024), ("b.tf", 50 * 1024 * 1024 + 1)):
        write(root, **{name: VAULT})
        os.truncate(name, size)
    (error,) = walk(".").errors
    assert (error.path, error.message) == ("b.tf", "it is larger than 52428800 bytes")


@pytest.mark.parametrize("more", [-1, 1], ids=["it grew", "it shrank"])
def test_a_file_of_another_size_than_it_had_is_an_error(
    more: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, **{"main.tf": VAULT})
    fstat = os.fstat

    def before(handle: int) -> os.stat_result:
        status = fstat(handle)
        return os.stat_result((*status[:6], status.st_size + more, *status[7:]))

    monkeypatch.setattr(os, "fstat", before)
    (error,) = walk("main.tf").errors
    assert (error.path, error.message) == ("main.tf", "it changed while it was read")

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from iac_check import __version__, cli, pipeline, scan
from iac_check.cli import main
from iac_check.policy.result import Report
from iac_check.settings import Settings

MANAGED = 'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = "alias/aws/backup"\n}\n'
CUSTOMER = (
    'resource "aws_kms_key" "k" {}\n'
    'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = aws_kms_key.k.arn\n}\n'
)


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IAC_CHECK_DEBUG", raising=False)


def write(text: str, path: str = "main.tf") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "iac_check", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


class TestExitCodes:
    def test_nothing_found(self) -> None:
        write(CUSTOMER)
        assert main(["."]) == 0

    def test_findings(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(MANAGED)
        assert main(["."]) == 1
        out, err = capsys.readouterr()
        assert "--> main.tf:3:17   (aws_backup_vault.v)" in out
        assert err == "checked 1 file, 1 vault: 0 passed, 1 failed, 0 suppressed, 0 errors\n"

    def test_findings_with_exit_zero(self) -> None:
        write(MANAGED)
        assert main([".", "--exit-zero"]) == 0

    def test_an_error_outweighs_findings_and_exit_zero(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(MANAGED)
        assert main([".", "gone", "--exit-zero"]) == 2
        out, err = capsys.readouterr()
        assert "error[BACKUP001]" in out
        assert out.endswith("error: gone: no such file or folder\n")
        assert "1 failed, 0 suppressed, 1 error\n" in err

    @pytest.mark.parametrize("flag", ["--var-file", "--parameters", "--baseline", "--config"])
    def test_files_that_are_not_there_are_told_before_the_scan(
        self, flag: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(MANAGED)
        assert main([".", flag, "gone"]) == 2
        assert capsys.readouterr() == ("", "error: gone: no such file or directory\n")

    def test_all_files_that_cannot_be_read_are_told(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(MANAGED)
        assert main([".", "--var-file", "a", "--parameters", ".", "--baseline", "b"]) == 2
        told = "error: a: no such file or directory\nerror: .: it is a folder\n"
        assert capsys.readouterr().err == f"{told}error: b: no such file or directory\n"

    @pytest.mark.parametrize("tree", ["main.tf", "t.json", "other.txt"])
    @pytest.mark.parametrize(
        ("flag", "name", "content", "told"),
        [
            ("--parameters", "p.json", "{", "p.json:1:2: not valid JSON"),
            ("--parameters", "p.yaml", "a: *b", "p.yaml:1:4: "),
            ("--var-file", "d.tfvars", "= =", "d.tfvars:1:1: an argument or a block is expected"),
            ("--var-file", "d.tfvars.json", "[", "d.tfvars.json:1:2: not valid JSON"),
        ],
    )
    def test_values_that_cannot_be_read_are_told_whatever_the_tree_has(
        self, tree: str, flag: str, name: str, content: str, told: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        """Also by the interface for programs, which has nothing else to tell it by."""
        write(CUSTOMER if tree == "main.tf" else '{"Resources": {}}', tree)
        write(content, name)
        assert main([flag, name, tree]) == 2
        assert capsys.readouterr().err.startswith(f"error: {told}")
        settings = {flag[2:].replace("-", "_") + "s" * (flag == "--var-file"): (name,)}
        assert len(scan([tree], Settings(**settings)).errors) == 1  # type: ignore[arg-type]

    @pytest.mark.parametrize("flag", ["--var-file", "--parameters"])
    def test_values_are_in_a_regular_file(
        self, flag: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(CUSTOMER)
        os.mkfifo("pipe")
        assert main([flag, "pipe", "."]) == 2
        assert capsys.readouterr().err == "error: pipe: it is not a regular file\n"

    @pytest.mark.parametrize(
        "arguments",
        [[""], ["--baseline", "", "."], ["--var-file", "", "."], ["--parameters", "", "."],
         ["--config", "", "."], ["--write-baseline", "", "."], ["--output", "", "."]],
    )  # fmt: skip
    def test_an_empty_path_is_none(self, arguments: list[str]) -> None:
        """An unset variable in a script; not the working directory, nor nothing."""
        write(CUSTOMER)
        assert main(arguments) == 2

    def test_nothing_to_check(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["."]) == 3
        assert "no Terraform and no CloudFormation" in capsys.readouterr().err

    def test_nothing_to_check_is_allowed(self) -> None:
        assert main([".", "--allow-empty"]) == 0

    @pytest.mark.parametrize(
        "arguments",
        [[], ["--nonsense", "."], ["--var", "novalue", "."], ["--var", "=x", "."],
         ["--format", "xml", "."], ["--explain", "NONE"],
         ["--exit-z", "."]],
    )  # fmt: skip
    def test_bad_arguments(self, arguments: list[str]) -> None:
        write(CUSTOMER)
        assert main(arguments) == 2

    def test_a_crash_is_never_a_pass(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def crash(*_: object) -> Report:
            raise ValueError("\x1bboom")

        monkeypatch.setattr(pipeline, "run", crash)
        assert main([".", "--exit-zero", "--allow-empty"]) == 2
        err = capsys.readouterr().err
        assert err.startswith("internal error: ValueError: \\x1bboom, while checking .")
        assert err.count("\n") == 1
        monkeypatch.setenv("IAC_CHECK_DEBUG", "1")
        with pytest.raises(ValueError, match="boom"):
            main(["."])

    def test_interrupted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object) -> Report:
            raise KeyboardInterrupt

        monkeypatch.setattr(pipeline, "run", interrupt)
        assert main(["."]) == 128 + signal.SIGINT

    def test_a_mistyped_option(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--fromat=json", "."]) == 2
        assert "unrecognized arguments: --fromat=json; did you mean --format?" in (
            capsys.readouterr().err
        )

    def test_a_mistyped_glob(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(CUSTOMER, "vendor/main.tf")
        assert main(["--exclude", "vendr/*", "."]) == 0
        assert 'warning: --exclude "vendr/*" matches nothing' in capsys.readouterr().err

    @pytest.mark.parametrize("glob", ["sandbox", "sandbox/", "./sandbox/*", "*box/*.tf"])
    def test_what_is_left_out(self, glob: str) -> None:
        write(CUSTOMER)
        write(MANAGED, "sandbox/main.tf")
        assert main(["--exclude", glob, "."]) == 0


class TestOutput:
    def test_a_dash_is_stdout(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(MANAGED)
        assert main([".", "--format", "json", "--output", "-"]) == 1
        assert json.loads(capsys.readouterr().out)["summary"]["failed"] == 1
        assert sorted(os.listdir()) == ["main.tf"]

    @pytest.mark.parametrize("closed", ["stdout", "stderr"])
    def test_a_closed_stream_is_no_crash(self, closed: str) -> None:
        write(MANAGED)
        number = {"stdout": 1, "stderr": 2}[closed]
        code = f'exec "{sys.executable}" -m iac_check . {number}>&-'
        done = subprocess.run(["sh", "-c", code], capture_output=True, check=False)
        if closed == "stdout":
            assert (done.returncode, done.stderr) == (2, b"error: stdout is closed\n")
        else:
            assert done.returncode == 1
            assert done.stdout.startswith(b"error[BACKUP001]")
            assert b"checked" not in done.stdout

    def test_a_file_gets_the_report(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(MANAGED)
        assert main([".", "--format", "json", "--output", "report.json"]) == 1
        assert json.loads(Path("report.json").read_text("utf-8"))["summary"]["failed"] == 1
        assert capsys.readouterr().out == ""
        assert sorted(os.listdir()) == ["main.tf", "report.json"]

    def test_a_file_that_cannot_be_written(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(CUSTOMER)
        assert main([".", "--output", "gone/report.txt"]) == 2
        assert "cannot write gone/report.txt" in capsys.readouterr().err

    def test_a_failed_report_leaves_the_old_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def crash(*_: object) -> None:
            raise ValueError

        write(CUSTOMER)
        write("old", "report.txt")
        monkeypatch.setattr("iac_check.report.text.render", crash)
        assert main([".", "--output", "report.txt"]) == 2
        assert Path("report.txt").read_text() == "old"
        assert sorted(os.listdir()) == ["main.tf", "report.txt"]

    def test_what_is_no_regular_file_is_written_to(self) -> None:
        """A pipe of our own: root could lose a device of the machine to a fault here."""
        write(MANAGED)
        os.mkfifo("pipe")
        reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
        assert main([".", "--format", "concise", "--output", "pipe"]) == 1
        assert os.read(reader, 1 << 16).startswith(b"main.tf:3:17: ")
        os.close(reader)
        assert stat.S_ISFIFO(os.stat("pipe").st_mode)

    def test_passes_are_shown_on_demand(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(CUSTOMER)
        main(["."])
        assert capsys.readouterr().out == ""
        main([".", "--show-passed"])
        assert capsys.readouterr().out.startswith("pass[BACKUP001]: ")

    def test_an_encoding_that_cannot_write_a_name(self) -> None:
        write(MANAGED.replace('"v" {', '"é" {'))
        done = command(".", PYTHONIOENCODING="ascii")
        assert done.returncode == 1
        assert rb"aws_backup_vault.\xe9" in done.stdout

    def test_json_is_always_utf_8(self) -> None:
        write(MANAGED.replace('name = "v"', 'name = "é"'))
        done = command(".", "--format", "json", PYTHONIOENCODING="ascii")
        assert json.loads(done.stdout.decode("utf-8"))["results"][0]["resource"]["name"] == "é"

    def test_a_closed_pipe(self) -> None:
        write(MANAGED)
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-m", "iac_check", "."], stdout=writer, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
        os.close(writer)
        assert done.returncode == cli.BROKEN_PIPE
        assert b"Traceback" not in done.stderr
        assert b"BrokenPipeError" not in done.stderr

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
    def test_a_full_disk(self) -> None:
        write(MANAGED)
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "iac_check", "."], stdout=full, stderr=subprocess.PIPE,
                check=False,
            )  # fmt: skip
        assert done.returncode == 2
        assert done.stderr.startswith(b"error: cannot write the report: ")

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
    @pytest.mark.parametrize("unbuffered", ["", "1"])
    @pytest.mark.parametrize(
        "arguments",
        [["--help"], ["--version"], ["--list-rules"], ["--explain", "BACKUP001"],
         ["--show-settings"], ["--completion", "bash"], ["--cfn-lint-rules"]],
        ids=" ".join,
    )  # fmt: skip
    def test_documents_on_a_full_disk(self, arguments: list[str], unbuffered: str) -> None:
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "iac_check", *arguments], stdout=full,
                stderr=subprocess.PIPE, check=False,
                env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            )  # fmt: skip
        told = b"error: cannot write standard output: no space left on device\n"
        assert (done.returncode, done.stderr) == (2, told)


def test_what_is_not_on_disk_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Else a vault in a module that was never read would be a pass without a word."""
    calls = (
        'module "a" {\n  source = "./a"\n}\nmodule "b" {\n  source = "example/vaults/aws"\n}\n'
        '# module "c" {\n#   source = "example/comment/aws"\n# }\n'
    )
    write(calls + 'module "d" {\n  source = "./gone"\n}\n')
    write("", "a/main.tf")
    write(
        "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
        "      TemplateURL: !Sub https://${Bucket}.example.com/vaults.yaml\n",
        "t.yaml",
    )
    assert main(["."]) == 0
    err = capsys.readouterr().err
    assert "note: 3 modules or nested stacks not on disk" in err
    assert ": ./gone, example/vaults/aws, https://${Bucket}.example.com/vaults.yaml (" in err
    write('{"Modules": [{"Key": "b", "Dir": "a"}]}', ".terraform/modules/modules.json")
    assert main(["."]) == 0
    err = capsys.readouterr().err
    assert "note: 1 module or nested stack not on disk" in err
    assert "terraform init" not in err


def test_stats_count_the_nested_stacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}"
    (tmp_path / "parent.yaml").write_text(f"Resources:\n  A: {stack}\n  B: {stack}\n")
    (tmp_path / "child.yaml").write_text("Resources:\n  V: {Type: AWS::Backup::BackupVault}\n")
    monkeypatch.chdir(tmp_path)
    assert main(["--no-config", "--stats", "."]) == 1
    err = capsys.readouterr().err
    assert [line.split()[-1] for line in err.splitlines() if "nested stacks" in line] == ["2"]


def test_stats(capsys: pytest.CaptureFixture[str]) -> None:
    write(CUSTOMER.replace("aws_kms_key.k.arn", "1 < 2 ? aws_kms_key.k.arn : null"))
    assert main([".", "--stats"]) == 0
    told = dict(line.rsplit(None, 1) for line in capsys.readouterr().err.splitlines()[:-1])
    assert told["files read"] == "1"
    assert told["Terraform files outlined"] == "1"
    assert told["expressions parsed with the grammar"] == "1"
    assert {"walk", "import", "load", "judge"} <= {name.split()[0] for name in told}


class TestDocuments:
    def test_version(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--version"]) == 0
        assert capsys.readouterr().out == f"iac-check {__version__}\n"

    def test_explain(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--explain", "BACKUP001"]) == 0
        assert capsys.readouterr().out.startswith("# BACKUP001: backup-vault-customer-key\n")

    def test_list_rules(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--list-rules"]) == 0
        assert capsys.readouterr().out.startswith("BACKUP001  high  ")

    def test_a_rule_in_lower_case(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--explain", "backup001"]) == 0
        assert capsys.readouterr().out.startswith("# BACKUP001")

    def test_an_unknown_rule(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--explain", "NONE"]) == 2
        told = capsys.readouterr().err
        assert told.startswith("error: nothing is known of NONE; there is: BACKUP001, missing, ")

    @pytest.mark.parametrize(
        ("asked", "meant"),
        [("exernal", "external"), ("BACKUP001/exernal", "external"), ("BACKUP01", "BACKUP001")],
    )
    def test_a_mistyped_word(
        self, asked: str, meant: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--explain", asked]) == 2
        assert f"of {asked}; did you mean {meant}?; there is: " in capsys.readouterr().err


def test_flags_become_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def run(paths: list[str], settings: Settings, watch: object) -> Report:
        seen.append((paths, settings))
        return Report(__version__, (), (), (), 1)

    monkeypatch.setattr(pipeline, "run", run)
    write("", "v.tfvars")
    write("{}", "p.json")
    arguments = (
        "a b --var x=1 --var y=a=b --var-file v.tfvars --parameters p.json --exclude *.bak "
        "--trusted-key alias/ours --no-ignores --read-everything --no-cache --cache-dir c"
    )
    assert main(arguments.split()) == 0
    expected = Settings(
        trusted_keys=("alias/ours",),
        variables={"x": "1", "y": "a=b"},
        var_files=("v.tfvars",),
        parameters=("p.json",),
        exclude=("*.bak",),
        honour_ignores=False,
        read_everything=True,
        cache=False,
        cache_dir="c",
        flags=(
            "--var",
            "--var-file",
            "--parameters",
            "--exclude",
            "--trusted-key",
            "--no-ignores",
            "--read-everything",
            "--no-cache",
            "--cache-dir",
        ),
    )
    assert seen == [(["a", "b"], expected)]


def test_scan_is_the_public_interface(tmp_path: Path) -> None:
    write(MANAGED)
    (result,) = scan([tmp_path]).results
    assert result.reason == "aws-managed"


@pytest.mark.parametrize("path", ["infra", b"infra", Path("infra")])
def test_one_path_in_no_list_is_refused(path: str) -> None:
    with pytest.raises(TypeError, match="paths is a list of paths: write "):
        scan(path)


PLAN = b'{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{},"x":[]}'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plan.json", PLAN),
        ("plan.txt", PLAN),
        ("terraform.tfstate", b'{"version": 4, "terraform_version": "1.9.0", "lineage": "x"}'),
        ("tfplan", b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0\0\0\0\0tfplan"),
    ],
)
@pytest.mark.parametrize("by", ["path", "stdin", "stdin with a name"])
def test_a_plan_is_not_read(
    name: str,
    data: bytes,
    by: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(name).write_bytes(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    given = {"path": [name], "stdin": ["-"], "stdin with a name": ["--stdin-filename", name, "-"]}
    assert main(given[by]) == 2
    out, err = capsys.readouterr()
    assert "it is a plan or a state of Terraform, which is not read: name the folder" in out + err


def test_what_was_meant_where_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    write('key = "x"\n', "envs/dev.tfvars")
    assert main(["envs/dev.tfvars"]) == 3
    told = "a file of values is given with the code: iac-check --var-file envs/dev.tfvars FOLDER\n"
    assert capsys.readouterr().err.endswith(told)
    write("{}", "app/cdk.json")
    assert main(["app"]) == 3
    assert "cdk synth" in capsys.readouterr().err


def test_files_of_values_that_are_not_used_are_noted(capsys: pytest.CaptureFixture[str]) -> None:
    write('variable "k" {}\n' + CUSTOMER, "r/main.tf")
    write("k = 1\n", "r/envs/dev.tfvars")
    assert main(["r"]) == 0
    told = "note: 1 file of values that sets variables of r was not used (--var-file): r/envs/dev"
    assert told in capsys.readouterr().err
    write("k = 1\n", "r/envs/prod.tfvars")
    assert main(["r"]) == 0
    told = "note: 2 files of values that set variables of r were not used (--var-file): r/envs/dev"
    assert told in capsys.readouterr().err


def test_a_plan_in_a_folder_is_left_alone() -> None:
    write(CUSTOMER)
    Path("plan.json").write_bytes(PLAN)
    assert main(["."]) == 0
    Path("t.json").write_text(
        '{"Resources": {}, "Metadata": {"terraform_version": 1, "values": 1}}'
    )
    assert main(["t.json"]) == 3


def test_what_is_scanned_is_not_in_a_repr() -> None:
    """A whole source for each of its spans would fill a screen, and may hold secrets."""
    write(MANAGED + "# a secret\n")
    shown = repr(scan(["."]))
    assert "aws_backup_vault.v" in shown
    assert "secret" not in shown


@pytest.mark.parametrize("epoch", ["9" * 30, "soon", "", "\u0661"])
def test_a_time_that_is_none_is_the_clocks(epoch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(CUSTOMER)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert scan(["."]).run.date > "2026"


def test_the_time_of_a_run_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    write(CUSTOMER)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert scan(["."]).run.date == "1970-01-01T00:00:00Z"


def test_a_path_that_leads_nowhere_is_told_with_its_place_and_a_guess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("live", "modules/backup"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "modules/backup/main.tf").write_text('variable "x" {}\n')
    call = '# one\nmodule "m" {\n  source = "../module/backup"\n}\n'
    (tmp_path / "live/main.tf").write_text(call)
    monkeypatch.chdir(tmp_path)
    assert main(["."]) == 0
    err = capsys.readouterr().err
    told = "live/main.tf:3:12: the module source ../module/backup leads to no folder"
    assert f"warning: {told}; did you mean ../modules/backup?" in err


def test_a_nested_template_beside_which_another_of_its_name_stands_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "infra").mkdir()
    stack = "Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: infra/vaults.yaml}"
    (tmp_path / "infra/root.yaml").write_text(f"Resources: {{S: {{{stack}}}}}\n")
    vault = "Resources: {V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v}}}\n"
    (tmp_path / "infra/vaults.yaml").write_text(vault)
    monkeypatch.chdir(tmp_path)
    assert main(["."]) == 1
    assert "not on disk" in capsys.readouterr().err

"""The commit that a manifest names, and the files that it does not hold."""

import os
import subprocess

import pytest

import sim.checkout
from calibration.console import need_committed
from calibration.problem import CalibrationError
from sim.checkout import Checkout, read_checkout
from sim.results import describe_code

FILES = (
    "sim/a.py",
    "sim/world/places.yaml",
    "calibration/targets.yaml",
    "calibration/evidence/001.csv",
    "calibration/fits/first/parameters.yaml",
    "experiments/b.py",
    "scenarios/baseline.yaml",
    "docs/page.md",
)


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Call git in a repository with FILES, all of them committed. A hook that runs the tests leads nowhere else."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"):
        monkeypatch.delenv(name, raising=False)

    def call(*words):
        author = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", "-C", tmp_path, *author, *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    call("init", "-q")
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1\n")
    (tmp_path / ".gitignore").write_text("*.pyc\nbuild.py\n")
    call("add", ".")
    call("commit", "-q", "-m", "first")
    return call


def test_a_clean_checkout_is_its_commit(git, tmp_path):
    assert read_checkout(tmp_path) == Checkout(commit=git("rev-parse", "HEAD"), uncommitted=())


@pytest.mark.parametrize(
    "name", ["sim/a.py", "sim/world/places.yaml", "calibration/targets.yaml", "calibration/evidence/001.csv",
             "experiments/b.py"],
)  # fmt: skip
@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("change", ["edited", "removed"])
def test_code_that_differs_is_told_beside_the_commit(git, tmp_path, name, change, staged):
    if change == "edited":
        (tmp_path / name).write_text("2\n")
    else:
        (tmp_path / name).unlink()
    if staged:
        git("add", name)
    commit = git("rev-parse", "HEAD")
    assert read_checkout(tmp_path) == Checkout(commit=commit, uncommitted=(name,))
    git("commit", "-q", "-a", "-m", "second")
    after = read_checkout(tmp_path)
    assert after == Checkout(commit=git("rev-parse", "HEAD"), uncommitted=())
    assert after.commit != commit


@pytest.mark.parametrize("name", ["sim/new one.py", "sim/phases/new/new.py", "calibration/地.yaml"])
def test_code_that_was_never_added_differs(git, tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("1\n")
    assert read_checkout(tmp_path).uncommitted == (name,)


def test_a_file_that_moves_is_told_under_both_names(git, tmp_path):
    git("mv", "sim/a.py", "sim/c.py")
    assert read_checkout(tmp_path).uncommitted == ("sim/a.py", "sim/c.py")


def test_a_conflict_is_told_once(git, tmp_path):
    git("branch", "other")
    for text, branch in (("2\n", None), ("3\n", "other")):
        if branch is not None:
            git("checkout", "-q", branch)
        (tmp_path / "sim/a.py").write_text(text)
        git("commit", "-q", "-a", "-m", text)
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "-")
    assert read_checkout(tmp_path).uncommitted == ("sim/a.py",)


@pytest.mark.parametrize(
    "name", ["docs/page.md", "docs/conf.py", "sim/notes.md", "scenarios/baseline.yaml", "results/runs.csv",
             "calibration/fits/first/parameters.yaml", "calibration/fits/second/ensemble.csv", "sim/build.py"],
)  # fmt: skip
def test_what_is_no_code_does_not_count(git, tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("2\n")
    assert read_checkout(tmp_path).uncommitted == ()


def test_a_path_that_is_asked_for_counts_too(git, tmp_path):
    (tmp_path / "scenarios" / "baseline.yaml").write_text("2\n")
    assert read_checkout(tmp_path, also=("scenarios/baseline.yaml",)).uncommitted == ("scenarios/baseline.yaml",)


def test_a_worktree_has_its_own_state(git, tmp_path):
    other = tmp_path / "other"
    git("worktree", "add", "-q", str(other))
    (other / "sim" / "a.py").write_text("2\n")
    assert read_checkout(other) == Checkout(commit=git("rev-parse", "HEAD"), uncommitted=("sim/a.py",))
    assert read_checkout(tmp_path).uncommitted == ()


def test_asking_leaves_the_index_alone(git, tmp_path):
    os.utime(tmp_path / "sim" / "a.py", (1e9, 1e9))  # as after a copy: git would note that it looked
    before = (tmp_path / ".git" / "index").read_bytes()
    assert read_checkout(tmp_path).uncommitted == ()
    assert (tmp_path / ".git" / "index").read_bytes() == before


def test_no_commit_outside_a_checkout_or_before_the_first_one(tmp_path):
    assert read_checkout(tmp_path) == Checkout(commit=None, uncommitted=None)
    (tmp_path / ".git").mkdir()
    assert read_checkout(tmp_path) == Checkout()
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "a.py").write_text("1\n")
    assert read_checkout(tmp_path) == Checkout()


def test_no_commit_without_git(git, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_checkout(tmp_path) == Checkout()


def test_a_manifest_names_what_its_commit_does_not_hold(git, tmp_path, monkeypatch):
    monkeypatch.setattr(sim.checkout, "CHECKOUT", tmp_path)
    assert describe_code()["uncommitted"] == []
    (tmp_path / "sim" / "a.py").write_text("2\n")
    facts = describe_code()
    assert (facts["commit"], facts["uncommitted"]) == (git("rev-parse", "HEAD"), ["sim/a.py"])
    monkeypatch.setattr(sim.checkout, "CHECKOUT", tmp_path / "docs")
    facts = describe_code()
    assert (facts["commit"], facts["uncommitted"]) == (None, None)


def test_a_fit_needs_its_code_committed(git, tmp_path, monkeypatch):
    monkeypatch.setattr(sim.checkout, "CHECKOUT", tmp_path)
    (tmp_path / "calibration" / "fits" / "first" / "parameters.yaml").write_text("2\n")
    need_committed()
    for name in ("sim/a.py", "scenarios/baseline.yaml"):
        (tmp_path / name).write_text("2\n")
    with pytest.raises(CalibrationError, match=r": scenarios/baseline.yaml, sim/a.py\. Commit them") as caught:
        need_committed()
    assert git("rev-parse", "HEAD") in str(caught.value)
    for number in range(12):
        (tmp_path / "calibration" / f"new{number}.py").write_text("1\n")
    with pytest.raises(CalibrationError, match=r"new7\.py and 4 more\. Commit them"):
        need_committed()
    git("add", ".")
    git("commit", "-q", "-m", "second")
    need_committed()
    monkeypatch.setattr(sim.checkout, "CHECKOUT", tmp_path / "docs")
    need_committed()

"""``pv lexicon`` as a user scripts it: outputs, exit codes, both streams."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result

import pv as pv_package
from pv.cli import common, lexicon
from pv.lexicon.meddra import load_meddra_map
from pv.lexicon.paths import lexicon_dir

Pv = Callable[..., Result]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "macros.csv").write_text("name,alternatives,source\nde,de|d',usage\n", encoding="utf-8")
    (folder / "drugs.csv").write_text(
        "term,inn,kind,atc,substances,status,monitored,match,source\n"
        "maxidol,maxidol,substance,N02AX01,,,,,usage\nmaxidol,nulidol,substance,N2,,,,,usage\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def bdpm(tmp_path: Path) -> Path:
    folder = tmp_path / "2026-05"
    folder.mkdir()
    names = {"1": "NEPHROSAN 12,5 mg, gélule", "2": "CARDIOTENSYL, comprimé"}
    for file, lines in {
        "CIS_bdpm.txt": [
            (cis, name, "", "", "", "Procédure nationale", "Commercialisée", "", "", "", "LABO", "Oui" * (cis == "1"))
            for cis, name in names.items()
        ],
        "CIS_COMPO_bdpm.txt": [
            ("1", "", "a", "SUNITINIB", "", "", "SA"),
            ("2", "", "b", "RAMIPRIL", "", "", "SA"),
        ],
    }.items():
        (folder / file).write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def test_check_prints_each_problem_with_its_place(pv: Pv, tables: Path):
    result = pv("lexicon", "check", "--lexicons", tables, "--limit", 1000)
    assert result.code == 1
    lines = result.out.splitlines()
    assert "tables/drugs.csv:3: 'maxidol' is nulidol and maxidol in line 2" in lines
    assert "tables/drugs.csv:3: column atc: 'N2' has not the shape of an ATC code, such as B01 or C07AB02" in lines
    assert result.err == f"pv: {len(lines)} problems in the lexicons; correct the lines above\n"


def test_check_prints_no_more_than_asked_for(pv: Pv, tables: Path):
    everything = pv("lexicon", "check", "--lexicons", tables, "--limit", 1000).out.splitlines()
    few = pv("lexicon", "check", "--lexicons", tables, "--limit", 2).out.splitlines()
    assert few == [*everything[:2], f"and {len(everything) - 2} more; --limit {len(everything)} shows them"]


def test_check_of_sound_tables(pv: Pv, tables: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pv.lexicon.check.check", lambda folder: [] if folder == tables else ["no"])
    assert pv("lexicon", "check", "--lexicons", tables) == Result(0, "the lexicons are sound\n", "")


def test_find_tells_what_a_word_is(pv: Pv, tables: Path):
    assert pv("lexicon", "find", "Maxidol", "--lexicons", tables) == Result(
        0,
        "drug: maxidol, substance, N02AX01, source usage\n    tables/drugs.csv:2: maxidol\n"
        "drug: nulidol, substance, N2, source usage\n    tables/drugs.csv:3: maxidol\n",
        "",
    )


def test_find_of_an_unknown_word_names_the_nearest(pv: Pv, tables: Path):
    assert pv("lexicon", "find", "maxydoll", "--lexicons", tables) == Result(
        1, "", "pv: nothing in the lexicons is 'maxydoll'; nearest names: maxidol\n"
    )
    assert pv("lexicon", "find", "un", "mot", "--lexicons", tables).err == (
        "pv: nothing in the lexicons is 'un mot'; no name is like it\n"
    )


def test_find_in_the_tables_that_ship(pv: Pv):
    found = pv("lexicon", "find", "saignement", "de", "nez")
    assert found.code == 0
    assert found.out.startswith("event: épistaxis, CIM-10 R04.0")


def test_coverage_prints_shares_and_what_was_missed(pv: Pv, bdpm: Path, monkeypatch: pytest.MonkeyPatch):
    class Sees:
        def detect(self, text: str) -> object:
            inns = {"NEPHROSAN": "sunitinib", "sunitinib": "sunitinib", "CARDIOTENSYL": "aspirine"}
            drugs = [type("D", (), {"inn": inn, "substances": ()}) for name, inn in inns.items() if name in text]
            return type("Found", (), {"drugs": drugs})

    monkeypatch.setattr(common, "load_detector", lambda: type("V", (), {"detector": Sees()}))
    assert pv("lexicon", "coverage", "--bdpm", bdpm) == Result(
        0,
        "active substances: 1 of 2 found (50.0%)\n    ramipril: ramipril expected, nothing found\n"
        "brand stems: 1 of 2 found (50.0%)\n    CARDIOTENSYL: ramipril expected, aspirine found\n"
        "brands under additional monitoring: 1 of 1 found (100.0%)\n",
        "",
    )
    assert "    and 1 more; --limit 1 shows them\n" in pv("lexicon", "coverage", "--bdpm", bdpm, "--limit", 0).out


def test_import_bdpm_writes_the_table_it_is_told_to(pv: Pv, bdpm: Path, tmp_path: Path):
    out = tmp_path / "drugs_bdpm.csv"
    result = pv("lexicon", "import-bdpm", bdpm, "--out", out)
    assert result == Result(0, f"{out}: 4 terms of 2 drugs, 4 of them marketed\n", "")
    assert "nephrosan,sunitinib,substance" in out.read_text(encoding="utf-8")


def test_import_bdpm_without_the_files_says_which(pv: Pv, tmp_path: Path):
    result = pv("lexicon", "import-bdpm", tmp_path, "--out", tmp_path / "x.csv")
    assert result.code == 1
    assert "CIS_COMPO_bdpm.txt: cannot be read" in result.err
    assert not (tmp_path / "x.csv").exists()


@pytest.fixture
def distribution(tmp_path: Path) -> Path:
    """A distribution whose codes and upper levels are invented; its one term of ours is our own label."""
    folder = tmp_path / "distribution"
    folder.mkdir()
    for file, text in {
        "meddra_release.asc": "99.1$French$$$$\n",
        "llt.asc": "1$Épistaxis$2$$$$$$$Y$$\n3$Nez de verre$2$$$$$$$Y$$\n",
        "pt.asc": "2$Nez vitreux$$9$$$$$$$$\n",
        "mdhier.asc": "2$5$7$9$Nez vitreux$Nez$Visage$Tête$T$$9$Y$\n",
    }.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def test_import_meddra_writes_a_private_table(pv: Pv, distribution: Path, tmp_path: Path):
    result = pv("lexicon", "import-meddra", distribution, "--out", tmp_path / "own")
    path = tmp_path / "own" / "meddra.csv"
    first, counts, levels = result.out.splitlines()
    assert (result.code, result.err) == (0, "")
    assert first == f"{path}: MedDRA 99.1, French"
    assert counts.startswith("1 of ")
    assert counts.endswith("1 by their label, 0 by another of their terms")
    assert levels == "1 PTs in 1 SOCs"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_meddra_map(path)["epistaxis"].soc == "Tête"


def test_import_meddra_stays_out_of_the_lexicons(pv: Pv, distribution: Path, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(lexicon_dir(), copy)
    for out in (copy, lexicon_dir(), lexicon_dir() / "own"):
        result = pv("lexicon", "import-meddra", distribution, "--out", out, "--lexicons", copy)
        assert result.code == 1
        assert "MedDRA is licensed and must not lie among the lexicons" in result.err
        assert not (out / "meddra.csv").exists()


def test_import_meddra_goes_to_the_user_s_own_folder(
    pv: Pv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, distribution: Path
):
    monkeypatch.setattr(lexicon.click, "get_app_dir", lambda name: str(tmp_path / "home" / name))
    assert pv("lexicon", "import-meddra", distribution).code == 0
    assert (tmp_path / "home" / "pv" / "meddra.csv").exists()


def test_import_meddra_of_another_language_maps_nothing(pv: Pv, distribution: Path, tmp_path: Path):
    (distribution / "meddra_release.asc").write_text("99.1$English$$$$\n", encoding="utf-8")
    (distribution / "llt.asc").write_text("1$Glass nose of the moon$2$$$$$$$Y$$\n", encoding="utf-8")
    result = pv("lexicon", "import-meddra", distribution, "--out", tmp_path / "own")
    assert (result.code, result.out) == (1, "")
    assert result.err.endswith("is in this distribution (its language: English); is it the French one?\n")
    assert not (tmp_path / "own" / "meddra.csv").exists()


LOADED = """
import sys
from pv.cli.main import run
run(sys.argv[1:])
print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("name", ["check", "find"])
def test_check_and_find_load_no_pipeline(tables: Path, name: str):
    arguments = ["lexicon", name, "--lexicons", str(tables), *(["maxidol"] if name == "find" else [])]
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], cwd=Path(pv_package.__file__).parents[1], capture_output=True,
        text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert "maxidol" in done.stdout
    loaded = done.stdout.splitlines()[-1].split()
    assert loaded[0] == "LOADED"
    assert not {"spacy", "medspacy", "pandas", "numpy", "sqlalchemy"} & set(loaded)


def test_every_command_has_help(pv: Pv):
    for name in lexicon.lexicon_command.commands:
        result = pv("lexicon", name, "--help")
        assert result.code == 0
        assert result.out.startswith("Usage: pv lexicon")

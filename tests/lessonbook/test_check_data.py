"""Rules about data files and their cards."""

from __future__ import annotations

import hashlib

import pytest

from .lint_course import CONFIG, lint, lint_files, write_course

CSV = "a,b\n1,2\n"
SUM = hashlib.sha256(CSV.encode()).hexdigest()
CARD = f"title: T\norigin: A book, table 1\nlicence: public domain\nsha256: {SUM}\n"
PAGE = "# A page\n\nWe load [the table](data/table.csv).\n"
FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\ntitle: T\n---\n\n"


def cell(code):
    return f"{FRONT}```{{code-cell}} python\n{code}\n```\n"


def found(tmp_path, **changes):
    files = {"data/table.csv": CSV, "data/table.yml": CARD, "page.md": PAGE}
    files |= {name.replace("__", "/").replace("_", "."): text for name, text in changes.items()}
    write_course(tmp_path, {name: text for name, text in files.items() if text is not None})
    return [(finding.file, finding.line, finding.rule) for finding in lint(tmp_path)]


def test_data_with_a_card_are_in_order(tmp_path):
    assert found(tmp_path) == []


@pytest.mark.parametrize("name", ["table.yaml", "table.csv.yml", "table.csv.yaml"])
def test_card_may_have_other_names(tmp_path, name):
    files = {"data/table.csv": CSV, f"data/{name}": CARD, "page.md": PAGE}
    assert lint_files(tmp_path, files) == []


@pytest.mark.parametrize(("old", "new"), [("licence", "license"), ("origin", "provenance")])
def test_card_may_have_other_words(tmp_path, old, new):
    assert found(tmp_path, data__table_yml=CARD.replace(old, new)) == []


CARDS = {
    None: ("data/table.csv", 1, "LB070"),
    CARD.replace("origin: A book, table 1\n", ""): ("data/table.yml", 1, "LB070"),
    CARD.replace("A book, table 1", ""): ("data/table.yml", 2, "LB070"),
    CARD.replace("licence: public domain\n", ""): ("data/table.yml", 1, "LB070"),
    CARD.replace(f"sha256: {SUM}\n", ""): ("data/table.yml", 1, "LB070"),
    CARD.replace("title: T", "title: [T"): ("data/table.yml", 2, "LB070"),
    "\udcff": ("data/table.yml", 1, "LB070"),
    CARD.replace(SUM, "0" + SUM[1:] if SUM[0] != "0" else "1" + SUM[1:]): (
        "data/table.yml",
        4,
        "LB071",
    ),
    CARD.replace(SUM, "none"): ("data/table.yml", 4, "LB071"),
}


@pytest.mark.parametrize("card", CARDS)
def test_faulty_card_is_found_at_its_line(tmp_path, card):
    assert found(tmp_path, data__table_yml=card) == [CARDS[card]]


def test_message_gives_the_checksum_to_write(tmp_path):
    write_course(
        tmp_path,
        {"data/table.csv": CSV, "data/table.yml": CARD.replace(SUM, "none"), "page.md": PAGE},
    )
    (finding,) = lint(tmp_path)
    assert SUM in finding.message


def test_checksum_in_capitals_is_the_same(tmp_path):
    assert found(tmp_path, data__table_yml=CARD.replace(SUM, SUM.upper())) == []


def test_card_without_data_is_found(tmp_path):
    changes = {"data__table_csv": None, "page_md": "# A page\n"}
    assert found(tmp_path, **changes) == [("data/table.yml", 1, "LB073")]


def test_unused_data_are_a_warning(tmp_path):
    write_course(tmp_path, {"data/table.csv": CSV, "data/table.yml": CARD, "page.md": "# A page\n"})
    assert [(f.rule, f.severity) for f in lint(tmp_path)] == [("LB072", "warning")]


USES = {
    "page.md": cell('load("table")'),
    "code/models.py": "NAME = 'table'\n",
    "code/more/models.r": 'read.csv("../data/table.csv")\n',
}


@pytest.mark.parametrize("name", USES)
def test_data_may_be_used_by_name_in_cells_and_in_the_code_behind_them(tmp_path, name):
    files = {"data/table.csv": CSV, "data/table.yml": CARD, name: USES[name]}
    assert lint_files(tmp_path, files) == []


def test_folders_of_data_can_be_configured(tmp_path):
    config = CONFIG + "  config:\n    lesson_data: [tables]\n"
    files = {"_config.yml": config, "tables/x.csv": CSV, "data/y.csv": CSV, "page.md": "# x.csv\n"}
    assert lint_files(tmp_path, files) == [("LB070", 1)]


def test_other_files_beside_the_data_need_no_card(tmp_path):
    files = {
        "data/README.txt": "x",
        "data/.hidden.csv": "x",
        "data/make.py": "x",
        "data/notes.md": "x",
    }
    write_course(tmp_path, files, unlisted=["data/notes.md"])
    assert lint(tmp_path) == []


MISSING = [
    'read("data/absent.csv")',
    'read("absent.csv")',
    'read(path="../data/absent.parquet")',
    'open("absent.txt")',
    'open("absent.txt", "r")',
]
THERE = [
    'read("data/table.csv")',
    'read("table.csv")',
    'read("./data/table.csv")',
    'frame.to_csv("absent.csv")',
    'frame.to_csv("absent.csv")\nread("absent.csv")',
    'open("absent.txt", "w")',
    'np.savez("absent.npz")',
    'read("https://example.org/absent.csv")',
    'read("*.csv")',
    'print("a sentence that ends in .txt")',
    'print(".csv")',
    'read(f"{name}.csv")',
    'x = "absent.csv"\nx',
]


@pytest.mark.parametrize("code", MISSING)
def test_data_that_are_not_there_are_found(tmp_path, code):
    assert found(tmp_path, page_md=cell(f'"table.csv"\n{code}')) == [("page.md", 10, "LB073")]


@pytest.mark.parametrize("code", THERE)
def test_data_that_are_there_or_made_are_left_alone(tmp_path, code):
    assert found(tmp_path, page_md=cell(f'"table.csv"\n{code}')) == []

"""Tables of reports: columns, encodings, and that one bad row is one failed report."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from conftest import Result
from fakes import FakeDetector
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offers import told_within

from pv.errors import UnreadableError
from pv.sources.dates import parse_received
from pv.sources.document import Document, opaque_key
from pv.sources.offer import expected, offered
from pv.sources.options import Columns, SourceOptions
from pv.sources.rows import identifier

Pv = Callable[..., Result]
STATED = "pair: sunitinib > thrombopénie stated"
BOUND = 10_000


def read(path: Path, columns: Columns | None = None, **options: object) -> list[Document]:
    return list(offered(SourceOptions((path,), columns=columns or Columns(), max_bytes=BOUND, **options)))  # type: ignore[arg-type]


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def call(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return call


Put = Callable[[str, str | bytes], Path]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_csv_of_any_delimiter(put: Put, delimiter: str):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["date", "id", "text", "patient"], ["2024-05-31", "1", 'un, "deux";\ntrois\t|', "P1"],
                      ["", "2", "quatre", ""]])  # fmt: skip
    path = put("t.csv", out.getvalue())
    first, second = read(path)
    assert (first.name, first.patient, first.dated) == ("1", "P1", True)
    assert first.received == datetime(2024, 5, 31, tzinfo=UTC)
    assert first.load(BOUND).text == 'un, "deux";\ntrois\t|'
    assert (second.name, second.patient) == ("2", None)
    # A row without a date was received with the file.
    assert second.received == datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert (first.source, first.kind) == (str(path.parent.resolve()), "folder")


@pytest.mark.parametrize(
    ("encoding", "recorded", "assumed"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", False),
        ("utf-16", "utf-16-le", False),
        ("utf-16-le", "utf-16-le", True),
        ("utf-16-be", "utf-16-be", True),
        ("utf-32", "utf-32-le", False),
        ("cp1252", "cp1252", True),
        ("iso-8859-15", "iso-8859-15", True),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_encodings_of_tables(put: Put, encoding: str, recorded: str, assumed: bool, ending: str):
    text = "Œdème évoqué, cœur normal, 12 € à J8"
    record = json.dumps({"id": "né1", "text": text}, ensure_ascii=False)
    content = f"id;text\nné1;{text}\n" if ending == "csv" else f"{record}\n"
    [document] = read(put(f"t.{ending}", content.encode(encoding)))
    found = document.load(BOUND)
    assert (document.name, found.text, found.encoding, found.assumed) == ("né1", text, recorded, assumed)


def test_rows_of_several_systems_are_decoded_each_by_itself(put: Put):
    content = b"id,text\n1," + "fièvre".encode() + b"\n2," + "fièvre".encode("cp1252") + b"\n3,\xff\xfe\x00\x00\n"
    rows = told_within(BOUND, iter(read(put("t.csv", content))))
    assert rows[:2] == [("1", "fièvre"), ("2", "fièvre")]
    assert rows[2][0] == "3"
    assert rows[2][1].startswith("! ")


def test_bad_rows_of_a_csv_file_are_one_failure_each(put: Put):
    content = (
        "id,text,date\n"
        f"1,{STATED},2024-01-01\n"
        "2,a,b,c,2024-01-01\n"
        ",nameless,2024-01-01\n"
        "\n"
        "4,x,soon\n"
        "5,,2024-01-01\n"
        f"6,{'y' * (BOUND + 1)},2024-01-01\n"
        '7,"two\nlines",01/02/2024\n'
        "8\n"
    )
    assert told_within(BOUND, iter(read(put("t.csv", content)))) == [
        ("1", STATED),
        ("t.csv/3/", "! 5 cells, where the heading has 3: is a sign not quoted?"),
        ("t.csv/4/", "! the row has no id"),
        ("4", "! the date of the row is no date; write it as 2024-05-31 or 31/05/2024"),
        ("5", "! empty: no text in it"),
        ("6", "! 10,001 characters, more than the 10,000 allowed; see --max-megabytes"),
        ("7", "two\nlines"),
        ("t.csv/9/", "! 1 cells, where the heading has 3: is a sign not quoted?"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty: no heading in it"),
        ("MARTIN,JOSETTE\n", "there is no column 'id'; name another by --id-column (is there a heading?)"),
        ("id,MARTIN\n", "there is no column 'text'; name another by --text-column (is there a heading?)"),
        ('id,text\n1,"MARTIN\n2,b\n', "quotes that do not fit together"),
        ('id,text\n1,"MARTIN\n2,"b"\n', "quotes that do not fit together"),
        ('id,text\n1,"MARTIN"x\n2,b\n', "quotes that do not fit together"),
        ('id,text\n1,"' + "MARTIN\n" * 20_000 + '"', "quotes that do not fit together"),
        ("id,text\n1," + "x" * 50_000, "a line beyond all bounds; see --max-megabytes"),
        (b"\xff\xfe" + "id,text\n1,abc".encode("utf-16-le")[:-1], "not valid utf-16"),
    ],
)
def test_csv_that_breaks_off_is_told(put: Put, content: str | bytes, reason: str):
    rows = told_within(BOUND, iter(read(put("t.csv", content))))
    assert rows[-1][0] == "t.csv/"
    assert rows[-1][1].startswith(f"! {reason}")
    assert "MARTIN" not in rows[-1][1]


def test_rows_before_the_break_are_taken(put: Put):
    rows = told_within(BOUND, iter(read(put("t.csv", 'id,text\n1,a\n2,b\n3,"c\n4,d\n'))))
    assert [r[0] for r in rows] == ["1", "2", "t.csv/"]
    assert rows[-1][1].endswith("(after row 3; what follows was not read)")


def test_columns_are_named_by_options(pv: Pv, put: Put, tmp_path: Path):
    put("t.csv", f"ref;Contenu;jour;ipp\n17;{STATED};31/05/2024 08:30;0042\n")
    options = ["--id-column", "ref", "--text-column", "contenu", "--date-column", "jour", "--patient-column", "ipp"]
    result = pv("detect", "t.csv", *options, "--format", "jsonl")
    assert result.code == 0
    assert json.loads(result.out)["report"] == "17"
    [document] = read(tmp_path / "t.csv", Columns("ref", "contenu", "jour", "ipp"))
    assert (document.patient, document.received) == ("0042", datetime(2024, 5, 31, 8, 30, tzinfo=UTC))
    result = pv("detect", "t.csv", *options[:-1], "nobody")
    assert result.code == 1
    assert "there is no column 'nobody'; name another by --patient-column" in result.err


def test_tables_of_a_folder_are_read_where_they_are_asked_for(pv: Pv, put: Put):
    put("a.txt", STATED)
    put("t.csv", f"id,text\n1,{STATED}\n")
    put("u.jsonl", f'{{"id": 1, "text": "{STATED}"}}\n{{"id": 2, "text": "x"}}\n')
    assert pv("scan", ".", "--exclude", "db").out.startswith("reports: 1 new,")
    # The two tables speak of the same report.
    result = pv("scan", ".", "--include", "*.csv", "--include", "*.jsonl")
    assert result.code == 0
    assert result.out.startswith("reports: 2 new, 0 new versions, 1 unchanged, 0 failed\npairs: stated 1,")


def test_scan_of_a_table_twice_and_with_a_new_text(pv: Pv, put: Put):
    put("t.csv", f"id,text\n1,{STATED}\n2,a\n")
    assert pv("scan", "t.csv").out.startswith("reports: 2 new, 0 new versions, 0 unchanged, 0 failed\n")
    assert pv("scan", "t.csv").out.startswith("reports: 0 new, 0 new versions, 2 unchanged, 0 failed\n")
    put("t.csv", f"id,text\n1,{STATED}\n2,b\n3,c,d\n")
    result = pv("scan", "t.csv", "--source", str(Path.cwd()))
    assert result.out.startswith("reports: 0 new, 1 new versions, 1 unchanged, 1 failed\n")
    assert f"pv: report {opaque_key(str(Path.cwd()), 't.csv/4/')}: 3 cells" in result.err


def test_since_looks_at_the_date_of_the_row(put: Put):
    path = put("t.csv", "id,text,date\n1,a,2024-05-01\n2,b,2024-05-02\n3,c,\n4,d,never\n")
    since = datetime(2024, 5, 2, tzinfo=UTC)
    assert [d.name for d in read(path, since=since)] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("MARTIN", "no JSON object on this line: one report a line"),
        ("[" * 100_000, "no JSON object on this line"),
        ("1" * 10_000, "no JSON object on this line"),
        ('["MARTIN"]', "no JSON object on this line, but another value"),
        ('{"id": 1}', "the object lacks 'id' or 'text'"),
        ('{"id": null, "text": "a"}', "the row has no id"),
        ('{"id": ["MARTIN"], "text": "a"}', "an id of the row is no text or number"),
        ('{"id": 1, "text": ["MARTIN"]}', "the text of the row is no text (list)"),
        ('{"id": 1, "text": "a\\u0000b"}', "the content is binary"),
        ('{"id": 1, "text": "\\ud800"}', "the content is binary"),
        ('{"id": 1, "text": "a", "date": 5}', "the date of the row is no date"),
        ('{"id": 1, "text": "' + "x" * 200_000 + '"}', "a line much longer than the 10,000 bytes allowed"),
    ],
)
def test_bad_line_of_json_is_one_failure(put: Put, line: str, reason: str):
    rows = told_within(
        BOUND, iter(read(put("t.jsonl", f'{{"id": 8, "text": "a"}}\n{line}\n\n{{"id": 9, "text": "b"}}')))
    )
    assert [rows[0], rows[2]] == [("8", "a"), ("9", "b")]
    assert len(rows) == 3
    assert rows[1][0] in {"t.jsonl/2/", "1"}
    assert rows[1][1].startswith(f"! {reason}")
    assert "MARTIN" not in rows[1][1]


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "t.jsonl", "t.csv"])
def test_ten_million_characters_in_one_report(pv: Pv, put: Put, detector: FakeDetector, name: str):
    long = "é " * 5_000_000
    contents = {
        "a.txt": long,
        "a.txt.gz": gzip.compress(long.encode(), 1),
        "t.jsonl": json.dumps({"id": 1, "text": long}),
        "t.csv": f"id,text\n1,{long}\n",
    }
    put("b.txt", STATED)
    result = pv("detect", put(name, contents[name]), "b.txt", "--format", "jsonl")
    assert result.code == 3
    assert ": 10,000,000 characters, more than the 2,000,000 that are read: no report is so long;" in result.err
    assert json.loads(result.out)["report"] == "b.txt"
    assert detector.calls == 1
    assert pv("detect", name, "--max-megabytes", "100", "--format", "jsonl").code == 0


@pytest.mark.parametrize("name", ["t.csv.gz", "t.jsonl.gz"])
def test_compressed_tables(put: Put, name: str):
    content = f"id,text\n1,{STATED}\n" if "csv" in name else json.dumps({"id": "1", "text": STATED})
    data = gzip.compress(content.encode())
    assert told_within(BOUND, iter(read(put(name, data)))) == [("1", STATED)]
    rows = told_within(BOUND, iter(read(put(name, data[:-12]))))
    assert rows[-1][0] == f"{name}/"
    assert "damaged or cut off (EOFError)" in rows[-1][1]
    assert "BadGzipFile" in told_within(BOUND, iter(read(put(name, content))))[-1][1]


def test_number_of_rows_is_not_known(put: Put):
    assert expected(SourceOptions((put("t.csv", "id,text\n1,a\n"),))) is None


def parquet_file(path: Path, columns: dict[str, list[object]]) -> None:
    pa = pytest.importorskip("pyarrow", exc_type=ImportError)
    from pyarrow import parquet

    parquet.write_table(pa.table(columns), path, row_group_size=100)


def test_parquet(tmp_path: Path):
    path = tmp_path / "t.parquet"
    day = date(2024, 5, 1)
    parquet_file(path, {"ref": [1, 2, 3], "text": [STATED, None, "c"], "patient": ["P1", "", None],
                        "day": [day, day, None], "other": [0.5, 1.5, 2.5]})  # fmt: skip
    columns = Columns(id="ref", date="day")
    documents = read(path, columns)
    assert told_within(BOUND, iter(documents)) == [("1", STATED), ("2", "! empty: no text in it"), ("3", "c")]
    assert [d.patient for d in documents] == ["P1", None, None]
    assert documents[0].received == datetime(2024, 5, 1, tzinfo=UTC)
    [missing] = told_within(BOUND, iter(read(path)))
    assert missing[0] == "t.parquet/"
    assert "there is no column 'id'" in missing[1]


def test_parquet_of_many_rows_streams(tmp_path: Path):
    path = tmp_path / "t.parquet"
    parquet_file(path, {"id": list(range(1_000)), "text": [f"texte {i}" for i in range(1_000)]})
    documents = read(path)
    assert [d.name for d in documents] == [str(i) for i in range(1_000)]
    assert documents[-1].load(BOUND).text == "texte 999"


def test_damaged_parquet_is_told(put: Put, tmp_path: Path):
    pytest.importorskip("pyarrow", exc_type=ImportError)
    [row] = told_within(BOUND, iter(read(put("t.parquet", b"PAR1 MARTIN PAR1"))))
    assert row[0] == "t.parquet/"
    assert row[1].startswith("! no Parquet file, or a damaged one")
    assert "MARTIN" not in row[1]


def test_cell_of_parquet_that_is_no_text_is_one_failure(tmp_path: Path):
    path = tmp_path / "t.parquet"
    parquet_file(path, {"id": [1, 2, 3], "text": ["abc", "XYZ", "def"]})
    path.write_bytes(path.read_bytes().replace(b"XYZ", b"\xff\xfeZ"))
    rows = told_within(BOUND, iter(read(path)))
    assert rows == [("1", "abc"), ("t.parquet/2/", "! a cell of the row cannot be read"), ("3", "def")]


def test_missing_parquet_extra_is_told(put: Put, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    [row] = told_within(BOUND, iter(read(put("t.parquet", b"x"))))
    assert row == ("t.parquet/", "! a Parquet file needs the extra: pip install 'pv[parquet]'")


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path, ending: str):
    path = tmp_path / f"t.{ending}"
    text = "Fièvre sous traitement. " * 40
    with path.open("w", encoding="utf-8") as handle:
        if ending == "csv":
            handle.write("id,text\n")
        for i in range(5_000):
            handle.write(f"{i},{text}\n" if ending == "csv" else f'{{"id": {i}, "text": "{text}"}}\n')
    iterator = offered(SourceOptions((path,)))
    next(iterator)
    tracemalloc.start()
    count = sum(1 for _ in iterator)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_999
    assert peak < 300_000


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_from_csv_or_is_refused(tmp_path: Path, rows: list[tuple[str, str]]):
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "text"])
        writer.writerows((f"n{i}", text) for i, (_, text) in enumerate(rows))
    found = told_within(BOUND, iter(read(path)))
    for i, (name, text) in enumerate(found):
        assert text.startswith("! ") or (name, text) == (f"n{i}", rows[i][1])
        assert text.startswith("! ") or text.strip()
    assert len(found) == len(rows) or found[-1][0] == "t.csv/"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2024-05-31", datetime(2024, 5, 31, tzinfo=UTC)),
        ("20240531", datetime(2024, 5, 31, tzinfo=UTC)),
        (" 2024-05-31T10:20:30 ", datetime(2024, 5, 31, 10, 20, 30, tzinfo=UTC)),
        ("2024-05-31 10:20:30+02:00", datetime(2024, 5, 31, 8, 20, 30, tzinfo=UTC)),
        ("2024-05-31T10:20:30Z", datetime(2024, 5, 31, 10, 20, 30, tzinfo=UTC)),
        ("31/05/2024", datetime(2024, 5, 31, tzinfo=UTC)),
        ("1/2/2024 9:05", datetime(2024, 2, 1, 9, 5, tzinfo=UTC)),
        ("01/02/2024 09:05:07", datetime(2024, 2, 1, 9, 5, 7, tzinfo=UTC)),
        (date(2024, 5, 31), datetime(2024, 5, 31, tzinfo=UTC)),
        (datetime(2024, 5, 31, 10, tzinfo=UTC).replace(tzinfo=None), datetime(2024, 5, 31, 10, tzinfo=UTC)),
        (datetime(2024, 5, 31, 10, tzinfo=timezone(timedelta(hours=2))), datetime(2024, 5, 31, 8, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_dates(value: object, moment: datetime | None):
    assert parse_received(value) == moment


@pytest.mark.parametrize("value", ["soon", "31/02/2024", "2024-13-01", "05/31/2024", 20240531, 1.5, "1/1/2024 25:00",
                                   datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2)))])  # fmt: skip
def test_what_is_no_date(value: object):
    with pytest.raises(ValueError, match=r".*"):
        parse_received(value)


@pytest.mark.parametrize(
    ("value", "name"),
    [("007", "007"), (" a b ", "a b"), (7, "7"), (7.0, "7"), (Decimal(12), "12"), (b"n\xe9", "né"), (None, None),
     ("", None), ("  ", None), (UUID(int=1), "00000000-0000-0000-0000-000000000001")],
)  # fmt: skip
def test_ids(value: object, name: str | None):
    assert identifier(value) == name


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), float("inf"), True, ["a"], "a\nb", "a\0", "x" * 201, Decimal("NaN")]
)
def test_what_is_no_id(value: object):
    with pytest.raises(UnreadableError):
        identifier(value)

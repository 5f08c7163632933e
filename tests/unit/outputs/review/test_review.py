"""The review page: everything that was read and decided, for a thousand patients, offline."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.derive import derive
from pd1_dynamics.derive.response.recist import THRESHOLDS
from pd1_dynamics.outputs.review import page

ROOT = Path(__file__).parents[4]
BROWSER = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def tables():
    cohort = load_cohort(ROOT / "config" / "cohorts" / "synthetic.yaml")
    clean = cleaning.clean(cohort).tables
    made = derive(clean, definitions.load(settings=cohort.settings))
    return {
        "patients": made.patients,
        "response": made.response,
        "lesions": clean["lesions"],
        "given": clean["patients"],
        "therapies": clean["therapies"],
    }


def times(tables, copies):
    """The same patients several times, under other identifiers."""

    def named(table, copy):
        return table.assign(patient_id=table["patient_id"].astype(str) + f"-{copy}")

    return {
        name: pd.concat([named(table, copy) for copy in range(copies)], ignore_index=True)
        for name, table in tables.items()
    }


def made(tables, most=2000, title="A cohort"):
    codebook = load_study().declared.codebook
    return page.make(
        {"title": title, "synthetic": True},
        **tables,
        codebook=codebook,
        thresholds=THRESHOLDS,
        most=most,
    )


def data(text):
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1])


def test_every_visit_has_the_rule_that_decided(tables):
    patients = {patient["id"]: patient for patient in data(made(tables))["patients"]}
    assert len(patients) == len(tables["patients"])
    response = tables["response"]
    for row in response[response["overall_response"].notna()].head(200).itertuples():
        scan = next(s for s in patients[row.patient_id]["scans"] if s["day"] == row.day)
        assert scan["overall_response"] == row.overall_response
        assert scan["overall_rule"] == row.overall_rule
    # By hand: 186.8 mm at baseline, 241.2 mm is +29 % and +54 mm; the scan after it does not count.
    scans = patients["SYN-002"]["scans"]
    assert scans[2]["target_rule"] == "at least 20 % and 5 mm above the smallest sum before"
    assert scans[2]["overall_rule"] == "the target lesions progressed (RECIST 1.1, Table 1)"
    assert [scan["counted"] for scan in scans] == [0, 1, 1, 0]


def test_lesions_and_reasons_are_there(tables):
    patients = {patient["id"]: patient for patient in data(made(tables))["patients"]}
    lesions = tables["lesions"]
    one = patients["SYN-001"]
    assert len(one["lesions"]) == (lesions["patient_id"] == "SYN-001").sum()
    reasons = tables["patients"].set_index("patient_id")["resistance_sitc_reason"]
    assert one["outcome"]["resistance_sitc_reason"] == reasons["SYN-001"]
    assert ["Stage", "M1c"] in one["facts"]


def test_text_of_the_data_stays_text(tables):
    changed = {name: table.copy() for name, table in tables.items()}
    evil = "</script><script>document.title='taken'</script>"
    for table in changed.values():
        table["patient_id"] = table["patient_id"].replace({"SYN-001": evil})
    text = made(changed, title="<b>bold</b>")
    assert evil not in text
    assert "&lt;b&gt;bold" in text
    assert evil in [patient["id"] for patient in data(text)["patients"]]


def test_of_a_large_cohort_the_first_are_shown_and_the_page_says_so(tables):
    text = made(tables, most=10)
    assert "10 of 254 patients" in text
    assert [p["id"] for p in data(text)["patients"]] == [f"SYN-{n:03d}" for n in range(1, 11)]


def test_it_says_what_it_is_and_fetches_nothing(tables):
    text = made(tables)
    assert "not for publication" in text
    without_library = re.sub(r"<script>/\*\*.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r'(src|href)="?https?:', without_library)


@pytest.fixture(scope="module")
def browser():
    if not BROWSER.is_file():
        pytest.skip("Chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def large(tables, tmp_path_factory):
    path = tmp_path_factory.mktemp("review") / "review.html"
    path.write_text(made(times(tables, 4)), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_thousand_patients_by_keyboard(browser, large, tables):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    errors, asked = [], []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(large.as_uri())
    tab.wait_for_selector("#visits td")
    assert tab.text_content("#count") == "1016 of 1016 patients"
    tab.focus("#search")
    tab.keyboard.type("SYN-002-3")
    assert tab.text_content("#name") == "SYN-002-3"
    assert "the target lesions progressed" in tab.text_content("#visits")
    assert "T1, target, liver" in tab.text_content("#lesions")
    assert "By SITC: primary, confirmed" in tab.text_content("#chain")
    assert tab.locator("#chart .scatterlayer .trace").count() > 3
    tab.fill("#search", "")
    tab.focus("#list")
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowDown")
    assert tab.text_content("#name") == "SYN-001-1"
    tab.keyboard.press("End")
    assert tab.text_content("#name") == "SYN-254-3"
    secondary = (tables["patients"]["resistance_sitc"] == "secondary").sum()
    tab.select_option("#type", "secondary")
    assert int(tab.text_content("#count").split()[0]) == 4 * secondary
    assert not errors
    assert all(url.startswith("file:") or url.startswith("data:") for url in asked)
    tab.close()


@pytest.mark.slow
def test_on_a_phone_nothing_is_cut(browser, large):
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto(large.as_uri() + "#SYN-012-0")
    tab.wait_for_selector("#visits td")
    assert tab.text_content("#name") == "SYN-012-0"
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.is_visible("#after")
    tab.close()

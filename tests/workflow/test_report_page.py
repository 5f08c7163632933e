"""The report in a browser: quiet, self-contained, and readable on a phone."""

import shutil

import pandas as pd
import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def report(project):
    answer = project.run("--", "results/synthetic/report.html")
    assert answer.returncode == 0, answer.stderr[-3000:]
    return project.folder / "results" / "synthetic" / "report.html"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


def test_a_number_says_where_it_comes_from_by_mouse_keyboard_and_touch(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    shown, number = page.locator("#behind"), page.locator("#table3 a.number").first
    number.scroll_into_view_if_needed()
    assert not shown.is_visible()
    number.hover()
    words = shown.inner_text()
    assert "coxph(Surv(pps_months, pps_event)" in words
    assert "n 157; events 86" in words
    line = number.get_attribute("data-lines")
    assert f"estimates.csv, line {line}" in words
    page.keyboard.press("Escape")
    assert not shown.is_visible()
    number.focus()
    assert shown.is_visible()
    page.keyboard.press("Enter")
    row = page.locator(f"#estimate-{line}")
    assert row.is_visible()
    page.close()
    phone = browser.new_context(has_touch=True, viewport={"width": 390, "height": 844})
    page = phone.new_page()
    page.goto(report.as_uri())
    number = page.locator("#figure2d a.number").first
    number.scroll_into_view_if_needed()
    number.tap()
    assert page.locator("#behind").is_visible()
    assert "#estimate-" not in page.url
    number.tap()
    page.wait_for_url("**#estimate-*")
    phone.close()


def test_every_number_of_tables_and_captions_leads_to_a_row(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    assert page.locator("section.table a.number").count() > 900
    assert page.locator("figcaption a.number").count() > 30
    assert page.locator("#claims-table a.number").count() > 200
    lost = page.evaluate(
        "[...document.querySelectorAll('a.number')].filter(link => link.dataset.lines.split(' ')"
        ".some(line => !document.getElementById(`estimate-${line}`))).length"
    )
    assert lost == 0
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_page_is_quiet_fetches_nothing_and_fits(browser, report, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri())
    assert complaints == []
    assert all(url.startswith(("file:", "data:")) for url in requests)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    pictures = page.locator("figure img")
    assert pictures.count() >= 8  # the figures, and published against recomputed
    for number in range(pictures.count()):
        assert pictures.nth(number).evaluate("image => image.complete && image.naturalWidth > 0")
        assert pictures.nth(number).get_attribute("alt")
    assert page.locator(".synthetic").is_visible()
    page.close()


def test_every_link_of_the_contents_leads_somewhere(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    links = page.eval_on_selector_all("nav a", "links => links.map(l => l.getAttribute('href'))")
    assert len(links) > 20
    for link in links:
        assert page.locator(link).count() == 1, link
    page.close()


def test_contents_can_be_reached_by_keyboard(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#reproduction"
    page.close()


def shown(page):
    return page.locator("#claims-table tbody tr:visible").count()


def test_claims_are_searched_and_filtered(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    claims = pd.read_csv(report.parent / "published" / "comparison.csv")
    assert shown(page) == len(claims)
    page.get_by_role("searchbox", name="Search").fill("Eleven per cent")
    assert shown(page) == claims["quote"].str.contains("Eleven per cent").sum()
    page.get_by_role("searchbox", name="Search").fill("")
    chosen = claims
    for label, column, value in [
        ("Verdict", "verdict", "reproduced"),
        ("Evidence", "evidence", "arithmetic"),
        ("Section", "section", "table 2"),
    ]:
        page.get_by_role("combobox", name=label, exact=True).select_option(value)
        chosen = chosen[chosen[column] == value]
        assert shown(page) == len(chosen) > 0
        assert f"{len(chosen)} of {len(claims)}" in page.get_by_role("status").inner_text()
    page.close()


def test_a_finding_leads_to_its_number_through_any_filter(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    page.get_by_role("searchbox", name="Search").fill("nothing has these words")
    link = page.locator("#audit ~ ol a").first
    target = link.get_attribute("href")
    link.click()
    page.wait_for_function(f"document.querySelector('{target}') !== null")
    assert page.locator(target).is_visible()
    page.close()


NAME_IN_FOCUS = """() => {
  const here = document.activeElement;
  return here.labels?.[0]?.innerText ?? here.closest("th")?.innerText ?? "";
}"""


def test_filters_and_sorting_need_no_mouse(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    page.get_by_role("searchbox", name="Search").focus()
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(NAME_IN_FOCUS))
    assert reached[:3] == ["Section", "Verdict", "Evidence"]
    assert reached[3].startswith("Section")
    page.keyboard.press("Enter")
    header = '#claims-table th:nth-child(2)[aria-sort="ascending"]'
    page.wait_for_selector(header, timeout=5000)
    page.close()


CONTRASTS = """() => {
  const light = (channel) => {
    const v = channel / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest("script, style")) continue;
    const [a, b] = [luminance(channels(getComputedStyle(node).color)), luminance(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(`${node.tagName}.${node.className}: ${ratio.toFixed(2)}`);
  }
  return [...poor];
}"""


def test_text_has_the_contrast_that_wcag_asks_for(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    assert page.evaluate(CONTRASTS) == []
    page.close()


def test_print_shows_every_number(browser, report):
    page = browser.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    assert shown(page) == len(pd.read_csv(report.parent / "published" / "comparison.csv"))
    assert not page.locator(".filters").is_visible()
    assert page.locator(".synthetic").is_visible()
    page.close()

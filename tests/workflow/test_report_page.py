"""The report in a browser: quiet, self-contained, and readable on a phone."""

import shutil

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

pytestmark = pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")


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
    assert pictures.count() == 7
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
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#results"
    page.close()

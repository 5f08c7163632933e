"""What the site changes of its pages, so that they work offline and alone.

A link to a file of the repository becomes the file's name: pages are read in the repository too,
where such links lead to the file, and the site has no copy of it. And the script that lets search
work in a page opened as a file comes from the site itself, not from the network.
"""

import re
from pathlib import Path
from typing import Any

_LINK = re.compile(r"\[([^\]]*)\]\(((?:\.\./)+[^)\s]*|[A-Z]+\.md|config/[^)\s]*|data/[^)\s]*)\)")
_FETCHED = re.compile(r'<script src="https://[^"]*iframe-worker[^"]*"></script>')
_DOCS = Path(__file__).parent


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page, with links that leave the documentation as text."""
    folder = (_DOCS / page.file.src_path).parent

    def shown(link: re.Match[str]) -> str:
        words, target = link[1], link[2].partition("#")[0]
        place = (folder / target).resolve()
        if place.is_relative_to(_DOCS) and place.exists():
            return link[0]
        return words if "`" in words else f"{words} (`{Path(target).name}`)"

    return _LINK.sub(shown, markdown)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """The page, with nothing to fetch."""
    above = "../" * page.url.count("/")
    return _FETCHED.sub(f'<script src="{above}offline_search.js"></script>', output)


def on_post_template(output_content: str, template_name: str, **_: Any) -> str:
    """The page of an address that there is not, with nothing to fetch."""
    return _FETCHED.sub('<script src="offline_search.js"></script>', output_content)

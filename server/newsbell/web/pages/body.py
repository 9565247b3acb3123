"""An article's sanitised body as it stands on our page."""

from __future__ import annotations

import re

from newsbell.domain.article import Article
from newsbell.services.media import rewrite_pictures
from newsbell.web.context import current

# In sanitised HTML a "<" of the text is "&lt;", so these are tags and nothing else.
_TABLE = re.compile(r"<table\b[^>]*>")
_SCROLLING = '<div class="scroll" role="region" aria-label="Table" tabindex="0">'


def body_for_page(article: Article) -> str:
    """The body with pictures by our own address, and with wide tables and lines of code scrolling in
    boxes that a keyboard reaches (WCAG 2.1.1).
    """
    context = current()
    own = context.settings.base_url
    html = rewrite_pictures(article.body_html, base="", secret=context.media_key, own_origin=own)
    # As paths, so that they also load for who came by another name of this host.
    html = re.sub(rf'(<img\b[^>]*?\bsrc="){re.escape(own)}/', r"\1/", html)
    html = _TABLE.sub(lambda tag: _SCROLLING + tag[0], html).replace("</table>", "</table></div>")
    return html.replace("<pre", '<pre tabindex="0"')

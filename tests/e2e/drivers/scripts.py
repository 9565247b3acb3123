"""JavaScript that the drivers of both browsers run in a page."""

from __future__ import annotations

# innerText alone gives a hidden element's text too. Names in foreign scripts stand between marks that
# keep their direction to themselves (U+2066 to U+2069).
SHOWN_TEXT = r"""(selector) => {
    const element = document.querySelector(selector);
    return element?.checkVisibility() ? element.innerText.replace(/[\u2066-\u2069]/g, "").trim() : "";
}"""

# Marks the element to press that has this name, and notes a press that arrives; whether there is one.
MARK_BY_LABEL = r"""(label) => {
    const plain = (text) => text.replace(/[\u2066-\u2069]/g, "").replace(/\s+/g, " ").trim();
    document.querySelector("[data-tests]")?.removeAttribute("data-tests");
    const found = [...document.querySelectorAll("button, a, summary, input[type=checkbox]")].find(
        (one) => one.checkVisibility() && plain(one.ariaLabel || one.innerText) === label);
    found?.setAttribute("data-tests", "");
    const root = document.documentElement;
    root.removeAttribute("data-tests-pressed");
    found?.addEventListener("click", () => root.setAttribute("data-tests-pressed", ""), { once: true });
    return !!found;
}"""

# Until a page that fills itself has not changed for a moment, or does not come to rest at all.
SETTLED = """new Promise((resolve) => {
    let timer;
    const quiet = () => { clearTimeout(timer); timer = setTimeout(resolve, 250); };
    new MutationObserver(quiet).observe(document, {
        subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(resolve, 3000);
    quiet();
})"""

# Where to press an element, once it stands still: from the left and the top of `origin`.
STILL_CENTRE = """(async (selector, origin) => {
    const element = document.querySelector(selector);
    element.scrollIntoView({block: "center", behavior: "instant"});
    let before = "", still = 0, box;
    while (still < 3) {
        await new Promise(requestAnimationFrame);
        box = element.getBoundingClientRect();
        const now = [origin().join(), box.x, box.y, innerWidth, innerHeight].join();
        still = now === before ? still + 1 : 0;
        before = now;
    }
    const [left, top] = origin();
    return [Math.round(left + box.x + box.width / 2), Math.round(top + box.y + box.height / 2)];
})"""

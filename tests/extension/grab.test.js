import assert from "node:assert/strict";
import { test } from "node:test";
import { grabMetadata } from "../../extension/src/page/grab.js";

/** As much of the DOM as reading a page touches: its getters stand on the prototypes, as in a browser. */
class Node {
  constructor(text) {
    this.words = text;
  }

  get textContent() {
    return this.words;
  }
}

class Element extends Node {
  constructor(name, text, attributes = {}) {
    super(text);
    this.name = name;
    this.given = attributes;
  }

  get localName() {
    return this.name;
  }

  getAttribute(name) {
    return this.given[name] ?? null;
  }
}

/** A form answers for each of its properties with the control of that name, where it has one. */
class Form extends Element {
  constructor(text, attributes, controls) {
    super("form", text, attributes);
    for (const name of controls) Object.defineProperty(this, name, { value: new Element("input", "") });
  }
}

/** @param {Record<string, Element[]>} found by the beginning of a selector */
function pageOf(found) {
  class Document extends Node {
    querySelectorAll(selector) {
      return Object.entries(found).find(([name]) => selector.startsWith(name))?.[1] ?? [];
    }
  }
  Object.assign(globalThis, {
    Node,
    Element,
    Document,
    document: new Document(),
    location: { href: "https://paper.example/ferry" },
  });
  return grabMetadata();
}

test("a form whose controls stand for its properties is read like any other block", () => {
  const text = "The ferry left the northern harbour at first light with forty passengers.";
  const controls = ["textContent", "localName", "getAttribute", "slice", "attributes"];
  const raw = pageOf({
    "p,": [new Form("Topics: Russia, Ukraine", { class: "tags" }, controls), new Element("p", text)],
    h1: [new Element("h1", "  Ferry \n returns ")],
  });
  assert.deepEqual(raw.lines, ["Topics: Russia, Ukraine"]);
  assert.deepEqual(raw.paragraphs, [text]);
  assert.deepEqual(raw.headings, ["Ferry returns"]);
});

// Elements and text. All text of a log passes through shown() and becomes a text node or the value of an attribute that is never an address.

// Characters that control a terminal, hide, or reorder the text beside them: C0 and C1 controls, bidirectional controls, invisible ones.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Makes characters visible that could hide or reorder text: an escape character becomes \u001b. */
export function shown(text: string): string {
  return text.replace(unseen, c => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

export type Child = Node | string | number | null | undefined | false;
type Attributes = { [name: string]: string | number | boolean | null | undefined | ((event: any) => void) };

/** Creates an element: `on…` attributes are listeners, true is an attribute without a value, null and false are none. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, shown(String(value)));
    }
  }
  add(element, ...children);
  return element;
}

const longestUncut = 20;
const endOfCut = 8;

/** A name that loses its middle where there is no room for it: those of a sweep often differ in their ends alone. */
export function cut(text: string): Child {
  const characters = [...text];
  return characters.length <= longestUncut ? text
    : el("span", { class: "cut", title: text }, el("span", {}, characters.slice(0, -endOfCut).join("")), el("span", {}, characters.slice(-endOfCut).join("")));
}

/** Appends children; text as text nodes. */
export function add(element: Element, ...children: Child[]): void {
  for (const child of children) {
    if (child instanceof Node) {
      element.append(child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(document.createTextNode(shown(String(child))));
    }
  }
}

/** Replaces the children of an element. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  add(element, ...children);
}

/** Makes these the children of an element, and moves none that is in its place: focus, an open menu and a half-done click stay. */
export function arrange(element: Element, children: Node[]): void {
  const wanted = new Set(children);
  for (const child of [...element.childNodes]) {
    if (!wanted.has(child)) {
      child.remove();
    }
  }
  children.forEach((child, i) => {
    if (element.childNodes[i] !== child) {
      element.insertBefore(child, element.childNodes[i] ?? null);
    }
  });
}

/** The value of a property of the style sheet, such as a colour of the current theme. */
export function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const svgNamespace = "http://www.w3.org/2000/svg";

/** Creates an SVG element. */
export function svg(tag: string, attributes: { [name: string]: string | number }, ...children: Node[]): SVGElement {
  const element = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** Calls a function once after calls have stopped for a while. */
export function settle(milliseconds: number, action: () => void): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(action, milliseconds);
  };
}

/** Offers a file for download. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  el("a", { href: address, download: name.replace(/[^\w.-]+/g, "-") }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

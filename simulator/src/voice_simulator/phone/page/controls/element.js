/** Makes and fills elements of the page, from text alone: nothing that came over the wire is ever read as HTML. */

/** Return the element of the page with an id. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no element ${id}`);
  }
  return found;
}

// Control characters, those that turn the direction of writing or take no room, and halves of surrogate pairs.
const UNSEEN = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e` +
    String.raw`\u2060-\u206f\ufeff\ufff9-\ufffb\u{d800}-\u{dfff}\u{e0000}-\u{e007f}]`,
  "gu",
);

/** Return text with what can't be seen in it escaped, but for tabs and ends of lines: it can't pose as another. */
export function visible(text) {
  return String(text).replace(UNSEEN, (unseen) => `\\u{${unseen.codePointAt(0).toString(16)}}`);
}

/**
 * Return a new element.
 * @param {string} name such as "button"
 * @param {object} properties of the element (`className`, `textContent`, `onclick`); a name with a dash is an attribute
 * @param {...(Node|string)} children
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") {
      made.setAttribute(key, value);
    } else {
      made[key] = key === "textContent" ? visible(value) : value;
    }
  }
  made.append(...children.map((child) => (typeof child === "string" ? visible(child) : child)));
  return made;
}

/** Set an element's text, if it is another: a screen reader reads only what changes. */
export function setText(target, text) {
  const shown = visible(text);
  if (target.textContent !== shown) {
    target.textContent = shown;
  }
}

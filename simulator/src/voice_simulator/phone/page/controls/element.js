/** Makes and fills elements of the page, from text alone: nothing that came over the wire is ever read as HTML. */

/** Return the element of the page with an id. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no element ${id}`);
  }
  return found;
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
      made[key] = value;
    }
  }
  made.append(...children);
  return made;
}

/** Set an element's text, if it is another: a screen reader reads only what changes. */
export function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

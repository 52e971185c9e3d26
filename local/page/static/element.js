// Makes elements. Sets texts as text, so that a user's text never becomes markup.

/**
 * @param {string} name the element's name, with classes: `p.hint`
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const made = document.createElement(tag);
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The element with this id. Throws if the page has none. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

/** Milliseconds in readable form; number and unit stay on one line. */
export function duration(ms) {
  if (ms < 1_000) return `${Math.round(ms)}\u00a0ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)}\u00a0s` : `${Math.round(ms / 60_000)}\u00a0min`;
}

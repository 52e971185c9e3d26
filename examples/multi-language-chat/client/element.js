// Makes elements. All that is given is text, never markup.

/** @param properties of the element; `dataset` and `aria-…` are set too */
export function element(name, { dataset = {}, ...properties } = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('aria-')) made.setAttribute(key, value);
    else made[key] = value;
  }
  Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
}

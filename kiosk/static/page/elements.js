// Draws what the state says: elements are described, compared with the last description and
// only changed where they differ, so that live figures never take the focus away.

/** Describe an element; `on*` attributes are listeners, false and null ones are left out. */
export function h(tag, attributes, ...children) {
  return {
    tag,
    attributes: attributes ?? {},
    children: children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  };
}

/** Make `parent` hold exactly what `next` describes. */
export function draw(parent, next, previous = []) {
  next.forEach((wanted, index) => {
    const existing = parent.childNodes[index];
    if (existing === undefined) {
      parent.append(create(wanted));
    } else if (isSame(wanted, previous[index])) {
      update(existing, wanted, previous[index]);
    } else {
      existing.replaceWith(create(wanted));
    }
  });
  while (parent.childNodes.length > next.length) {
    parent.lastChild.remove();
  }
}

function isSame(wanted, previous) {
  if (previous === undefined || typeof wanted !== typeof previous) {
    return false;
  }
  return typeof wanted !== "object"
    || (wanted.tag === previous.tag && wanted.attributes.key === previous.attributes.key);
}

function create(wanted) {
  if (typeof wanted !== "object") {
    return document.createTextNode(String(wanted));
  }
  const element = document.createElement(wanted.tag);
  setAttributes(element, wanted.attributes, {});
  draw(element, wanted.children);
  return element;
}

function update(node, wanted, previous) {
  if (typeof wanted !== "object") {
    if (wanted !== previous) {
      node.nodeValue = String(wanted);
    }
    return;
  }
  setAttributes(node, wanted.attributes, previous.attributes);
  draw(node, wanted.children, previous.children);
}

function setAttributes(element, wanted, previous) {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(previous)])) {
    const value = wanted[name] ?? false;
    if (name === "key") {
      continue;
    }
    if (name.startsWith("on")) {
      element[name] = value || null;
    } else if (value !== (previous[name] ?? false)) {
      if (value === false) {
        element.removeAttribute(name);
      } else {
        element.setAttribute(name, value === true ? "" : String(value));
      }
    }
  }
}

// SVG elements, and attributes that are written only when they change.

const SVG = "http://www.w3.org/2000/svg";

export function add(parent, name, attributes = {}, text) {
  const node = document.createElementNS(SVG, name);
  node.was = {};
  set(node, attributes);
  if (text !== undefined) say(node, text);
  return parent.appendChild(node);
}

export function set(node, attributes) {
  for (const name in attributes) {
    const value = attributes[name];
    if (node.was[name] !== value) {
      node.was[name] = value;
      node.setAttribute(name, value);
    }
  }
}

export function say(node, text) {
  if (node.said !== text) {
    node.said = text;
    node.textContent = text;
  }
}

export function html(parent, name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) say(node, text);
  return parent.appendChild(node);
}

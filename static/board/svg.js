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

// The arrow's heads and the hatching, once for all.
export function defs(svg) {
  const all = add(svg, "defs");
  for (const id of ["head", "fed"]) {
    const size = { viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7 };
    const head = add(all, "marker", { id, ...size, markerUnits: "userSpaceOnUse", orient: "auto" });
    add(head, "path", { class: id === "head" ? "head" : "head own", d: "M0 1L8 4L0 7z" });
  }
  const turned = { patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  const hatch = add(all, "pattern", { id: "hatch", width: 5, height: 5, ...turned });
  add(hatch, "path", { class: "hatch", d: "M1 0v5" });
}

// "Save picture": the board as one SVG that stands alone, and as PNG. It is drawn anew, light and wide, beside the
// screen.

import { html } from "./svg.js";
import { phrase } from "./whatif.js";
import { plural, t } from "../words.js";

const WIDTH = 1120,
  HEIGHT = 720,
  MARGIN = 28,
  LINE = 18;
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "font-size",
  "font-weight",
  "text-anchor",
  "paint-order",
  "shape-rendering",
  "visibility",
  "opacity",
];
const PLAIN = {
  "fill-opacity": "1",
  stroke: "none",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  "stroke-width": "1px",
  "font-weight": "400",
  "text-anchor": "start",
  "paint-order": "normal",
  "shape-rendering": "auto",
  visibility: "visible",
  opacity: "1",
};

// What is said over a frame, as one line or two: the run; then what in it is not the run's own, and what stands behind
// it. lent: that is the run's own, behind what if.
export function caption({ film, step }, pinned, lent = false) {
  const { weights, typed, layers } = film,
    alone = plural("{count} hidden unit", "{count} hidden units", film.H),
    units = layers > 1 ? t("{units} in each of {layers} layers", { units: alone, layers }) : alone;
  const first = weights
      .slice(0, 3)
      .map((weight) => phrase(film, weight).replace(/[{}]/g, ""))
      .join(", "),
    values = { weights: first, more: weights.length - 3, step: pinned?.step };
  const notes = [
    !weights.length
      ? ""
      : weights.length > 3
        ? t("with {weights} and {more} more set by hand: not what training found", values)
        : t("with {weights} set by hand: not what training found", values),
    typed ? t("a typed sequence") : "",
    !pinned
      ? ""
      : lent
        ? t("compared with the run’s own numbers (dashed, struck out)")
        : pinned.film.run === film.run
          ? t("compared with step {step} (dashed, struck out)", values)
          : t("compared with step {step} of another run (dashed, struck out)", values),
  ]
    .filter(Boolean)
    .join("; ");
  const run = plural(
    "Unrolled: {cell}, {units}, on “{task}”, after {count} training step",
    "Unrolled: {cell}, {units}, on “{task}”, after {count} training steps",
    step,
    { cell: film.cell, units, task: film.task },
  );
  return [run, ...(notes ? [notes] : [])];
}

// A board drawn by `draw(root)` beside the screen, which says how to let go of it, written as SVG text. lines: what is
// said over it.
export function picture(parent, draw, lines) {
  const root = html(parent, "div", "unrolled aside"); // light: static/theme.css
  Object.assign(root.style, { position: "fixed", left: "-9999px", top: "0", width: `${WIDTH}px` });
  const board = html(root, "div", "board");
  board.style.height = `${HEIGHT}px`;
  html(root, "p", "says");
  const done = draw(root);
  try {
    return write(root, board, lines);
  } finally {
    done();
    root.remove();
  }
}

function write(root, board, lines) {
  const home = board.getBoundingClientRect(),
    parts = [];
  const at = (node) => {
    const box = node.getBoundingClientRect();
    return { x: box.x - home.x, y: box.y - home.y, width: box.width, height: box.height };
  };
  for (const node of root.querySelectorAll(".counter .name, .counter .value, .fold")) {
    const { x, y, height } = at(node),
      style = getComputedStyle(node);
    parts.push(text(x, y + height / 2, node.textContent.replace(/^[▾▸] /, ""), style));
    if (style.textDecorationLine === "underline") {
      // dashed: set by hand
      const words = document.createRange();
      words.selectNodeContents(node);
      const line = at(words);
      parts.push(
        `<path d="M${line.x.toFixed(1)} ${(line.y + line.height).toFixed(1)}h${line.width.toFixed(1)}" fill="none" stroke="${plain(style.color)[0]}" stroke-width="1.5" stroke-dasharray="4 3"/>`,
      );
    }
  }
  const seen = (node) => !node.closest(".once .scroller"); // else it is folded
  for (const canvas of [...board.querySelectorAll("canvas")].filter(seen)) {
    const { x, y, width, height } = at(canvas);
    parts.push(
      `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" image-rendering="pixelated" ` +
        `style="image-rendering:pixelated" href="${canvas.toDataURL()}"/>`,
    );
  }
  for (const svg of [...board.querySelectorAll("svg")].filter(seen)) {
    const { x, y } = at(svg);
    parts.push(`<g transform="translate(${x} ${y})">${[...svg.children].map(copy).join("")}</g>`);
  }
  const head = 10 + LINE * (lines.length + 1),
    width = WIDTH + 2 * MARGIN,
    height = Math.ceil(home.height) + head + MARGIN,
    title = escape(lines.join("; "));
  const muted = plain(getComputedStyle(root.querySelector(".counter .name") ?? root).color)[0];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"><title>${title}</title>` +
    `<rect width="${width}" height="${height}" fill="${getComputedStyle(root).getPropertyValue("--background").trim()}"/>` +
    lines
      .map(
        (line, i) => `<text x="${MARGIN}" y="${27 + LINE * i}" font-size="14" fill="${muted}">${escape(line)}</text>`,
      )
      .join("") +
    `<g transform="translate(${MARGIN} ${head})">${parts.join("")}</g></svg>`
  );
}

// An element and all in it, with its looks as attributes; what is not seen is left out.
function copy(node) {
  const style = getComputedStyle(node);
  if (style.display === "none" || (node.tagName !== "defs" && style.visibility === "hidden")) return "";
  if (node.tagName === "text" && !node.textContent) return "";
  if (["height", "width"].some((side) => Number(node.getAttribute(side) ?? 1) === 0)) return "";
  const own = new Map(
    [...node.attributes]
      .filter(({ name }) => !["class", "style"].includes(name))
      .map(({ name, value }) => [name, value]),
  );
  if (!["g", "defs", "clipPath", "marker", "pattern"].includes(node.tagName)) {
    const text = ["text", "tspan"].includes(node.tagName);
    for (const name of STYLES) {
      if (!text && /font|anchor|paint/.test(name)) continue;
      const value = style.getPropertyValue(name);
      if (value && value !== PLAIN[name]) own.set(name, value.replaceAll('"', "'"));
      else own.delete(name);
    }
    if (text && style.textDecorationLine !== "none") own.set("text-decoration", style.textDecorationLine);
    for (const name of ["fill", "stroke"]) {
      const [colour, opacity] = plain(own.get(name) ?? "none");
      if (own.has(name)) own.set(name, colour);
      if (opacity !== 1) own.set(`${name}-opacity`, String(opacity * Number(own.get(`${name}-opacity`) ?? 1)));
    }
    if (own.get("stroke") === undefined)
      for (const name of [...own.keys()]) if (name.startsWith("stroke")) own.delete(name);
  }
  const attributes = [...own].map(([name, value]) => ` ${name}="${escape(value)}"`).join("");
  const inside = [...node.childNodes]
    .map((child) => (child.nodeType === 3 ? escape(child.data) : child.nodeType === 1 ? copy(child) : ""))
    .join("");
  return inside ? `<${node.tagName}${attributes}>${inside}</${node.tagName}>` : `<${node.tagName}${attributes}/>`;
}

// A computed colour, "color(srgb 0 0.5 1 / 0.7)" or "rgb(0, 128, 255)", as every program for pictures reads it ->
// [colour, opacity]. Else as it is.
export function plain(value) {
  const [, kind, inside] = /^(color\(srgb|rgba?\() ?(.*)\)$/.exec(value.trim()) ?? [];
  if (!kind) return [value, 1];
  const [r, g, b, opacity = 1] = inside.split(/[ ,/]+/).map(Number);
  const bytes = [r, g, b].map((x) => Math.round(kind === "color(srgb" ? 255 * x : x));
  return [`#${bytes.map((x) => x.toString(16).padStart(2, "0")).join("")}`, opacity];
}

function text(x, middle, words, style) {
  return `<text x="${x.toFixed(1)}" y="${middle.toFixed(1)}" dy=".35em" font-size="${style.fontSize}" font-weight="${style.fontWeight}" fill="${plain(style.color)[0]}">${escape(words)}</text>`;
}

export const escape = (words) =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

// The SVG as a PNG of twice its size.
export async function png(svg) {
  const image = new Image(),
    address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    await new Promise((done, fail) => {
      image.onload = done;
      image.onerror = () => fail(new Error(t("The browser could not read the picture.")));
      image.src = address;
    });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * image.width, 2 * image.height];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function download(blob, name) {
  const link = document.createElement("a"),
    address = URL.createObjectURL(blob);
  Object.assign(link, { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

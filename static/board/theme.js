// The page's colours, for what is computed rather than styled: see static/theme.css for the roles.

import { diverging, parseColour } from "./scales.js";

export function readTheme(root) {
  const style = getComputedStyle(root);
  const background = style.getPropertyValue("--background").trim();
  const name = `${background} ${style.getPropertyValue("--negative")} ${style.getPropertyValue("--positive")}`;
  return {
    name,
    background: parseColour(background),
    opening: diverging(background, background, style.getPropertyValue("--text")),
    diverging: diverging(style.getPropertyValue("--negative"), background, style.getPropertyValue("--positive")),
  };
}

// A stylesheet for one root, and when it has been read.

import { html } from "./svg.js";
import { t } from "../words.js";

export function styled(root, address) {
  const link = html(root, "link");
  link.rel = "stylesheet";
  return new Promise((done, fail) => {
    link.onload = done;
    link.onerror = () => fail(new Error(t("The picture’s style could not be loaded. Reload the page.")));
    link.href = address;
  });
}

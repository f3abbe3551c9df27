// What travels with every tick, so it is short: it finds static/, whatever prefix the app is served under, and hands on.
const name = "$NAME", files = $FILES, version = "$VERSION", streamlit = /static\/js\/[^/]*$/;
async function load(parent) {
  const script = [...document.scripts].find((s) => streamlit.test(s.src));
  for (const base of new Set([script?.src.replace(streamlit, ""), new URL(".", location).href, location.origin + "/"])) {
    if (!base) continue;
    const at = base + "app/static/";
    try {
      await Promise.all(files.map((f) => fetch(at + f, { cache: "no-cache" })));  // so that imports inside are fresh, too
      const found = await import(`${at}${name}.js?v=${version}`);
      return Object.assign({ style: `${at}${name}.css?v=${version}` }, found);
    } catch (error) { console.warn(`No ${name}.js under ${at}:`, error); }
  }
  throw new Error("The picture could not be loaded from app/static. Reload the page; if that does not help, "
    + "the server needs server.enableStaticServing = true.");
}
export default async function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".unrolled");
  try {
    const page = (globalThis.unrolled ??= {})[name] ??= { version, loaded: load() };
    if (page.version !== version) throw new Error("Unrolled has been updated. Reload the page to see the new picture.");
    const found = await page.loaded;
    return await found.show(root, data, found.style, setStateValue);
  } catch (error) {
    console.error(error);
    root.querySelector(".says").textContent = error.message;
  }
}

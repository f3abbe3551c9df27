// What travels with every tick, so it is short: it finds static/, whatever prefix the app is served under, and hands on.
const name = "$NAME", files = $FILES, version = "$VERSION", abroad = $ABROAD, streamlit = /static\/js\/[^/]*$/;
// Where static/ may be, the likeliest first: beside Streamlit's own script, beside the page, at the top.
export function places(scripts, page) {
  const own = scripts.find((src) => streamlit.test(src)), bases = [own?.replace(streamlit, ""), new URL(".", page).href, new URL("/", page).href];
  return [...new Set(bases.filter(Boolean))].map((base) => `${base}app/static/`);
}
function remember(act) {
  try { return act(localStorage); } catch { return null; }  // a browser may keep nothing
}
async function load() {
  for (let waits = 500; waits && abroad && !globalThis.unrolledWords; waits--) await new Promise((soon) => setTimeout(soon, 20));  // static/frame/frame.js
  for (const at of places([...document.scripts].map((script) => script.src), location.href)) {
    try {
      const known = `unrolled ${at}${name}`;  // the version of which the browser has every file
      const fresh = remember((kept) => kept[known]) === version;
      const anew = fresh ? [] : await Promise.all(files.map((f) => fetch(at + f, { cache: "no-cache" })));
      const found = await import(`${at}${name}.js?v=${version}`);
      if (anew.every((answer) => answer.ok)) remember((kept) => { kept[known] = version; });
      return Object.assign({ style: `${at}${name}.css?v=${version}` }, found);
    } catch (error) { console.warn(`No ${name}.js under ${at}:`, error); }
  }
  throw new Error($MISSING);
}
export default async function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".unrolled, .unseen");
  try {
    const page = (globalThis.unrolled ??= {})[name] ??= { version, loaded: load() };
    if (page.version !== version) throw new Error($UPDATED);
    const found = await page.loaded;
    return await found.show(root, data, found.style, setStateValue, setTriggerValue);
  } catch (error) {
    console.error(error);
    root.querySelector(".says").textContent = error.message;
  }
}

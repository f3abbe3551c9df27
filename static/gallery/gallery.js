// The gallery of tasks: cards that are built once, shown in a dialog, and found by what is typed. Nothing here asks
// the server.

const galleries = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  if (!galleries.has(root)) galleries.set(root, create(root));
  galleries.get(root)(JSON.parse(new TextDecoder().decode(data)), (name) => setTriggerValue("chosen", name));
}

// Lower case, and no marks over the letters.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// A text of Python's, its places filled, as static/words.js does it, which cannot be imported here.
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));

function make(parent, name, className, text = "") {
  const node = parent.appendChild(document.createElement(name));
  node.className = className;
  node.textContent = text;
  return node;
}

function create(root) {
  const [opener, dialog, search, groups, none] = [".opener", "dialog", "input", ".groups", ".none"].map((s) =>
    root.querySelector(s),
  );
  const cards = new Map(),
    first = []; // those to begin with stand on top once more
  let choose = /** @type {(name: string) => void} */ (() => {}),
    now = "",
    texts = {};

  function build({ start, shapes }) {
    const known = new Map(shapes.flatMap((shape) => shape.cards).map((card) => [card.name, card]));
    const begin = group(texts.start, texts.four);
    for (const [name, point] of Object.entries(start)) {
      first.push({ name, section: begin.section, card: cardIn(begin.grid, known.get(name), point) });
    }
    for (const shape of shapes) {
      const { section, grid } = group(shape.title, shape.words);
      for (const content of shape.cards) {
        const { name, title, question, keywords, svg } = content,
          card = cardIn(grid, content, question, content.guide);
        const words = plain([name, title, question, keywords, shape.title, shape.words].join(" "));
        cards.set(name, { card, section, svg, title, words });
      }
    }
  }

  function group(title, words) {
    const section = make(groups, "section", "");
    make(section, "h3", "", title);
    make(section, "p", "", words);
    return { section, grid: make(section, "div", "cards") };
  }

  function cardIn(grid, { name, title, svg }, question, guide = "") {
    const card = make(grid, "button", "card");
    card.type = "button";
    make(card, "span", "picture").innerHTML = svg;
    make(card, "span", "title", title);
    make(card, "span", "question", question);
    if (guide) make(card, "span", "guide", guide);
    card.addEventListener("click", () => pick(name));
    return card;
  }

  function pick(name) {
    dialog.close();
    if (name === now) return;
    show(name);
    choose(name);
  }

  function show(name) {
    now = name;
    const { svg, title } = cards.get(name);
    root.querySelector(".now .picture").innerHTML = svg;
    opener.querySelector(".title").textContent = title;
    opener.setAttribute("aria-label", filled(texts.task, { title }));
    for (const [other, { card }] of [...cards, ...first.map((each) => [each.name, each])]) {
      card.setAttribute("aria-current", String(other === name));
    }
  }

  function find() {
    const words = plain(search.value).split(/\s+/).filter(Boolean),
      phrase = words.join(" ");
    const all = [...cards.values()],
      together = all.some((card) => card.words.includes(phrase));
    const open = new Set();
    for (const { card, section, words: text } of all) {
      card.hidden = together ? !text.includes(phrase) : !words.every((word) => text.includes(word));
      if (!card.hidden) open.add(section);
    }
    for (const section of groups.children) section.hidden = !open.has(section);
    groups.firstChild.hidden = words.length > 0; // what somebody looks for stands once
    none.textContent = open.size ? "" : filled(texts.none, { sought: search.value.trim(), all: cards.size });
    dialog.scrollTop = 0;
  }

  const visible = () =>
    [...(groups.firstChild.hidden ? [] : first), ...cards.values()]
      .map(({ card }) => card)
      .filter((card) => !card.hidden);

  // Arrows lead from card to card, and from the search to the first one.
  function step(key) {
    const all = visible(),
      at = all.indexOf(root.getRootNode().activeElement);
    if (at < 0) return key === "ArrowDown" ? all[0] : null;
    if (key === "ArrowLeft" || key === "ArrowRight") return all[at + (key === "ArrowRight" ? 1 : -1)];
    const here = all[at].getBoundingClientRect(),
      down = key === "ArrowDown";
    const beyond = all.filter((card) =>
      down ? card.getBoundingClientRect().top > here.bottom - 1 : card.getBoundingClientRect().bottom < here.top + 1,
    );
    const far = (card) => {
      const b = card.getBoundingClientRect();
      return 4 * Math.abs(b.top - here.top) + Math.abs(b.left - here.left);
    };
    return beyond.sort((a, b) => far(a) - far(b))[0] ?? (down ? null : search);
  }

  opener.addEventListener("click", () => {
    search.value = "";
    dialog.showModal();
    find();
    search.focus();
    dialog.scrollTop = 0;
  });
  root.querySelector(".close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  search.addEventListener("input", find);
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation(); // space, s and r play, step and reset behind it
    const inSearch = event.target === search;
    if (inSearch && event.key === "Enter") visible()[0]?.click();
    if (!/^Arrow/.test(event.key) || (inSearch && event.key !== "ArrowDown")) return;
    const to = step(event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key === " ") event.stopPropagation();
  });

  return (data, ask) => {
    [choose, texts] = [ask, data.texts];
    if (!cards.size) build(data);
    if (data.now !== now) show(data.now);
  };
}

// The answers to the lessons, one entry of the browser's storage for each lesson, so that two tabs do not write over
// one another. First, once a visit, what was stored goes to Python. When Python has taken it, what it has is stored.

const entry = (lesson) => `unrolled-lesson ${lesson}`;

export default function ({ data, setStateValue }) {
  const now = (window.unrolledLessons ??= { visit: "", stored: {}, waits: false });
  try {
    if (now.visit !== data.visit) {
      Object.assign(now, { visit: data.visit, stored: {} });
      for (const lesson of Object.keys(data.kept)) {
        const text = localStorage.getItem(entry(lesson));
        if (text !== null) now.stored[lesson] = text;
      }
      now.waits = Object.keys(now.stored).length > 0;
      if (now.waits) setStateValue("found", { ...now.stored });
    }
    if (now.waits && !data.taken) return;
    now.waits = false;
    for (const [lesson, text] of Object.entries(data.kept)) {
      if (text === (now.stored[lesson] ?? "")) continue;
      if (text) localStorage.setItem(entry(lesson), text);
      else localStorage.removeItem(entry(lesson));
      now.stored[lesson] = text;
    }
  } catch {
    setStateValue("refused", true);
  }
}

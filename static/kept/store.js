// The runs that are kept, in this browser's own storage (IndexedDB): a record of each, and apart from it its state,
// which is large. Python says what is to be done, in orders with numbers; which are done, and which of them failed, is
// told as a state of the component; all else once, and once more with the next message if Python has not heard it.

const NAME = "unrolled",
  RUNS = "runs",
  STATES = "states";
let opened = null;

function database() {
  return (opened ??= new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => [RUNS, STATES].forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => {
      request.result.onversionchange = () => {
        request.result.close();
        opened = null;
      }; // somebody deletes it
      done(request.result);
    };
    request.onerror = () => {
      opened = null;
      fail(request.error);
    };
  }));
}

// act(runs, states) -> the request whose answer is wanted, if any; all of it is done, or nothing.
async function within(mode, act) {
  const work = (await database()).transaction([RUNS, STATES], mode);
  return new Promise((done, fail) => {
    const request = act(work.objectStore(RUNS), work.objectStore(STATES));
    work.oncomplete = () => done(request?.result);
    work.onabort = () => fail(work.error ?? new Error("not stored"));
  });
}

export const records = () => within("readonly", (runs) => runs.getAll());
const state = (id) => within("readonly", (_, states) => states.get(id));
const forget = (ids, ...stores) => ids.forEach((id) => stores.forEach((store) => store.delete(id)));

export async function everything() {
  const runs = await records();
  return Promise.all(runs.map(async (run) => ({ ...run, state: await state(run.id) })));
}

const DO = {
  put: ({ run, state, gone }) =>
    within("readwrite", (runs, states) => {
      runs.put(run, run.id);
      states.put(state, run.id);
      forget(gone, runs, states);
    }),
  write: ({ run }) =>
    within("readwrite", (runs) => {
      const had = runs.getKey(run.id);
      had.onsuccess = () => had.result && runs.put(run, run.id); // unless another tab has deleted it
    }),
  drop: ({ gone }) => within("readwrite", (runs, states) => forget(gone, runs, states)),
  take: ({ number, ids }, file) =>
    within("readwrite", (runs, states) => {
      if (file?.number !== number) throw new Error("the file is gone");
      for (const { state, ...run } of file.runs.filter(({ id }) => ids.includes(id))) {
        runs.put(run, run.id);
        states.put(state, run.id);
      }
    }),
};

// What this page's module remembers of a visit: what was kept before it, what is done, the file that was chosen.
const now = { visit: "", had: [], did: 0, failed: [], file: null };
let queue = Promise.resolve();

// Do what is ordered, one after the other, and tell it.
export function work({ visit, taken, orders }, tell, once) {
  queue = queue.then(async () => {
    if (now.visit !== visit) Object.assign(now, { visit, had: await records().catch(() => []), did: 0, failed: [] });
    if (!taken && now.had.length) once("found", { visit, runs: now.had });
    for (const order of orders) {
      if (order.do === "get")
        once("state", { visit, id: order.id, state: (await state(order.id).catch(() => null)) ?? null });
      else if (order.n > now.did) await carryOut(order);
    }
    if (orders.length) tell("done", { visit, did: now.did, failed: [...now.failed] });
  });
  return queue;
}

async function carryOut(order) {
  try {
    await DO[order.do](order, now.file);
  } catch (error) {
    console.warn("A kept run:", error);
    now.failed.push(order.n);
  }
  now.did = order.n;
}

// A file that somebody chose: Python judges it, and then says which of its runs are taken. Too large a one is not sent.
export async function offer(file, most, once) {
  const number = (now.file?.number ?? 0) + 1,
    values = { visit: now.visit, number, name: file.name, size: file.size };
  if (file.size > most) return once("file", values);
  const text = await file.text();
  let runs = [];
  try {
    runs = JSON.parse(text).runs ?? [];
  } catch {
    /* Python says so */
  }
  now.file = { number, runs: Array.isArray(runs) ? runs : [] };
  once("file", { ...values, text });
}

// What a viewer does, in order: the last few acts are told each time, so that one which comes while Python is busy with
// another is heard all the same. Each has a number, greater than any before it on this page.

const KEPT = 20;
let last = 0;

// acts() -> act(what, tell), which returns the act's number.
export function acts() {
  let all = [];
  return (what, tell) => {
    last = Math.max(last + 1, Date.now());
    all = [...all, { n: last, ...what }].slice(-KEPT);
    tell("acts", all);
    return last;
  };
}

// Who waits for the next film. A busy server can lose the page's timer (Streamlit drops what a run has not sent yet
// when the next one starts), and then nothing would ever come again: so after a while the board asks for it.

const PERIODS = 4,
  LEAST = 3; // films' periods, and seconds, without a film

// cry(n): a film is overdue, for the n-th time; every further wait is twice as long. In a tab that nobody sees the
// browser slows every timer down, so there a film may take its time.
export function watch(cry, wait = setTimeout, stop = clearTimeout, unseen = () => document.hidden) {
  let timer,
    cries = 0;
  const arm = (ms) => {
    timer = wait(() => {
      if (unseen()) return arm(ms);
      cry(++cries);
      arm(2 * ms);
    }, ms);
  };
  return {
    film({ playing, period }) {
      stop(timer);
      if (playing) arm(1000 * Math.max(LEAST, PERIODS * period));
    },
    close: () => stop(timer),
  };
}

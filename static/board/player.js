// When which frame is shown: a film's frames evenly over its period. Times in milliseconds.

// The frames still owed from the film before are shown first, quickly: all of them together last one period.
// Never more of them than the new film has, so that a slow browser does not fall behind.
export function schedule(owed, frames, now, period) {
  const all = [...owed.slice(Math.max(0, owed.length - frames.length)), ...frames];
  return { frames: all, start: now, interval: period / all.length, shown: -1 };
}

// The frame that is due, or null if nothing new is. The first is due at once; the last is held.
export function due(plan, now) {
  const i = Math.min(plan.frames.length - 1, Math.floor((now - plan.start) / Math.max(plan.interval, 1e-6)));
  if (i <= plan.shown) return null;
  plan.shown = i;
  return plan.frames[i];
}

export const owed = (plan) => (plan ? plan.frames.slice(plan.shown + 1) : []);

// Words that a person reads, in the server's language: English is the key. What other languages have comes from Python
// (ui/frame/words.py) before any picture is loaded; rnn_core/words.py is the same for Python.

/** @typedef {{ messages: Record<string, string | string[]>, form: number[] }} Words */

const words = () => /** @type {Words | undefined} */ (/** @type {any} */ (globalThis).unrolledWords);

// The message, translated, its places, "step {step}", filled with values.
export function t(message, values = {}) {
  return fill(/** @type {string} */ (words()?.messages[message] ?? message), values);
}

// The message for one thing or for many; {count} is the number, if the values have no other. form: which form a number
// takes, for 0 to 199, and for more by its last two digits.
export function plural(one, many, count, values = {}) {
  const known = words(),
    forms = known?.messages[one],
    form = known?.form[count < 200 ? count : 100 + (count % 100)],
    message = Array.isArray(forms) ? forms[form] : forms;
  return fill(message ?? (count === 1 ? one : many), { count, ...values });
}

const fill = (message, values) => message.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));

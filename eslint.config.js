// What a linter sees and TypeScript does not; names that are defined nowhere are found by `tsc`.

import js from "@eslint/js";

// Where Babel does not see a message that is marked (static/words.js).
const MARKER = "CallExpression[callee.name=/^(t|plural)$/]";
const unseen = [
  [`TemplateLiteral ${MARKER}`, "Babel loses a message inside a template: give it a name before"],
  [`${MARKER} ${MARKER}`, "Babel loses a message inside another's values: give it a name before"],
  [`${MARKER} > :not(Literal, BinaryExpression).arguments:first-child`, "Babel reads literals only"],
].map(([selector, message]) => ({ selector, message }));

export default [
  { ignores: ["**/vendor/", "static/loader.js", ".venv/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "object-shorthand": "error",
      "prefer-arrow-callback": "error",
      "no-restricted-syntax": ["error", ...unseen],
    },
  },
];

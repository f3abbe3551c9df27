// What a linter sees and TypeScript does not; names that are defined nowhere are found by `tsc`.

import js from "@eslint/js";

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
    },
  },
];

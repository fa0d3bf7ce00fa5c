// Chooses the colours, and whether words wait for the font of formulas, before anything is painted. So it is
// loaded before the style sheets.
"use strict";

(() => {
  const root = document.documentElement;
  let mode = null;
  let isFontKnown = false;
  try {
    mode = localStorage.getItem("mode");
    isFontKnown = sessionStorage.getItem("lesson-math-font") !== null;
  } catch {
    // A private window may forbid storage.
  }
  mode ||= root.dataset.defaultMode;
  const isDark = mode === "dark" || (mode === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.mode = mode;
  root.dataset.theme = isDark ? "dark" : "light";
  root.dataset.script = "on";
  // On the first page with formulas, their font comes after the words; after that the browser has it at hand.
  if (!isFontKnown) root.dataset.math = "later";
})();

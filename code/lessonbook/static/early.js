// Chooses the colours before anything is painted, so it is loaded before the style sheets.
"use strict";

(() => {
  const root = document.documentElement;
  let mode = null;
  try {
    mode = localStorage.getItem("mode");
  } catch {
    // A private window may forbid storage.
  }
  mode ||= root.dataset.defaultMode;
  const isDark = mode === "dark" || (mode === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.mode = mode;
  root.dataset.theme = isDark ? "dark" : "light";
  root.dataset.script = "on";
})();

// The frame of a page: colours, search, sidebars, the place in the page, copying, progress. Without it
// the page is complete, and the search page says that it needs it.
"use strict";

(() => {
  const root = document.documentElement;
  const files = document.currentScript.src;
  const find = (selector, from = document) => from.querySelector(selector);
  const findAll = (selector, from = document) => [...from.querySelectorAll(selector)];

  function recall(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  function remember(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // A private window may forbid storage; the choice then lasts as long as the page.
    }
  }

  function forget(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }

  const MODES = ["auto", "light", "dark"];
  const darkSystem = matchMedia("(prefers-color-scheme: dark)");

  function paint(mode) {
    const isDark = mode === "dark" || (mode === "auto" && darkSystem.matches);
    root.dataset.mode = mode;
    root.dataset.theme = isDark ? "dark" : "light";
    for (const button of findAll(".theme-switch-button")) {
      button.setAttribute("aria-label", `Colours: ${mode === "auto" ? "as the system has them" : mode}`);
    }
  }

  function setUpColours() {
    paint(root.dataset.mode);
    darkSystem.addEventListener("change", () => paint(root.dataset.mode));
    for (const button of findAll(".theme-switch-button")) {
      button.addEventListener("click", () => {
        const next = MODES[(MODES.indexOf(root.dataset.mode) + 1) % MODES.length];
        remember("mode", next);
        paint(next);
      });
    }
  }

  function closeOnBackdrop(dialog) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  function setUpSearch() {
    const dialog = find("#pst-search-dialog");
    const field = find(".bd-search-container input[name=q]");
    const open = () => {
      if (!dialog) return field?.focus();
      if (!dialog.open) dialog.showModal();
      find("input", dialog).focus();
    };
    if (dialog) closeOnBackdrop(dialog);
    for (const button of findAll(".search-button__button")) button.addEventListener("click", open);
    addEventListener("keydown", (event) => {
      const isShortcut = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isShortcut || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      open();
    });
    if (field) {
      field.value = new URLSearchParams(location.search).get("q") || "";
      field.focus();
    }
    // Browsers do not let a page read its neighbours on the disk, so there the results have no excerpts.
    if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
      DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
    }
  }

  // Sphinx keeps what was searched for until the page that was found has marked it.
  function markFound() {
    const isSought = new URLSearchParams(location.search).has("highlight") || recall("sphinx_highlight_terms");
    if (!isSought || typeof DOCUMENTATION_OPTIONS !== "undefined") return;
    for (const name of ["documentation_options.js", "doctools.js", "sphinx_highlight.js"]) {
      const script = document.createElement("script");
      script.src = new URL(name, files).href;
      script.async = false; // one after the other
      document.head.append(script);
    }
  }

  // On a wide screen the button folds the sidebar away; on a narrow one it lays it over the page.
  function setUpSidebar(name) {
    const bar = find(`#pst-${name}-sidebar`);
    const dialog = find(`#pst-${name}-sidebar-modal`);
    const button = find(`.${name}-toggle`);
    if (!bar || !dialog || !button) return;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "lesson-close";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    const isShown = () => {
      const { left, right } = bar.getBoundingClientRect();
      return right > left && right > 0 && left < innerWidth && getComputedStyle(bar).visibility !== "hidden";
    };
    const tell = () => button.setAttribute("aria-expanded", String(isShown() || dialog.open));
    button.addEventListener("click", () => {
      if (isShown() || bar.classList.contains("lesson-folded")) {
        bar.classList.toggle("lesson-folded");
      } else {
        dialog.append(close, ...bar.childNodes);
        dialog.className = bar.className;
        dialog.showModal();
      }
      tell();
    });
    dialog.addEventListener("close", () => {
      close.remove();
      bar.append(...dialog.childNodes);
      dialog.className = "";
      tell();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("a")) dialog.close();
    });
    closeOnBackdrop(dialog);
    tell();
  }

  function markPlace() {
    const links = new Map(
      findAll("#pst-page-toc-nav a[href^='#']").map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
    );
    const sections = findAll("article section[id]").filter((section) => links.has(section.id));
    if (!sections.length) return;
    const seen = new Set();
    const mark = () => {
      const current = sections.filter((section) => seen.has(section)).at(-1);
      for (const [id, link] of links) {
        const isHere = current?.id === id;
        link.classList.toggle("active", isHere);
        if (isHere) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      for (const entry of findAll("#pst-page-toc-nav .toc-entry")) {
        entry.classList.toggle("active", find("a.active", entry) !== null);
      }
    };
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) seen.add(target);
          else seen.delete(target);
        }
        mark();
      },
      { rootMargin: "-15% 0px -75% 0px" },
    );
    for (const section of sections) watcher.observe(section);
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "lesson-unseen";
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  }

  function codeOf(block) {
    const code = block.cloneNode(true);
    for (const part of findAll(".linenos, .gp, .go", code)) part.remove();
    return code.textContent.replace(/\n$/, "");
  }

  function addCopyButtons() {
    for (const block of findAll("article div.highlight > pre")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "lesson-copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy the code");
      button.addEventListener("click", async () => {
        await copy(codeOf(block));
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = "Copy"), 2000);
      });
      block.after(button);
    }
  }

  // What scrolls sideways can be scrolled by keyboard once it takes the focus, and then says what it is. What is not
  // shown (a closed block, the other tab) is taken for wide until it is: it can never be shown too soon.
  const WIDE = {
    ".bd-sidebar": "", // a landmark, which has a name
    ".highlight pre": "Code",
    ".lesson-picture": "Picture",
    ".cell_output .output, .cell_output .text_html": "Result",
    ".pst-scrollable-table-container, .table-wrapper": "Table",
    "div.math": "Formula",
  };

  function letScroll() {
    const names = new Map();
    const check = (box) => {
      const isShown = box.clientWidth > 0;
      const isWide = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      set(box, !isShown || isWide);
    };
    const set = (box, canScroll) => {
      const name = names.get(box);
      if (canScroll) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
      if (!name) return;
      for (const [key, value] of [["role", "group"], ["aria-label", `${name}, scrolls sideways`]]) {
        if (canScroll) box.setAttribute(key, value);
        else box.removeAttribute(key);
      }
    };
    const watcher = new ResizeObserver((entries) => {
      for (const { target } of entries) check(target);
    });
    for (const [kind, name] of Object.entries(WIDE)) {
      for (const box of findAll(kind)) {
        if (names.has(box) || box.hasAttribute("tabindex")) continue;
        names.set(box, box.hasAttribute("role") ? "" : name);
        set(box, true);
        watcher.observe(box);
      }
    }
  }

  const home = new URL(root.dataset.content_root || "./", location.href).pathname;
  const PROGRESS = `lesson-progress:${home}`;

  function readProgress() {
    try {
      return new Set(JSON.parse(recall(PROGRESS)) || []);
    } catch {
      return new Set();
    }
  }

  function pageOf(link) {
    const path = new URL(link.href).pathname;
    return path.startsWith(home) ? path.slice(home.length).replace(/\.html$/, "") : "";
  }

  function showProgress() {
    const done = readProgress();
    for (const link of findAll(".bd-docs-nav a.internal, .lesson-schedule a.internal")) {
      link.querySelector(".lesson-mark")?.remove();
      if (!done.has(pageOf(link))) continue;
      const mark = document.createElement("span");
      mark.className = "lesson-mark";
      mark.textContent = " \u2713";
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", "done");
      link.append(mark);
    }
    const button = find(".lesson-done");
    button?.setAttribute("aria-pressed", String(done.has(document.body.dataset.page)));
    for (const forget of findAll(".lesson-forget")) forget.hidden = !hasMemories();
  }

  function memories() {
    const kinds = [PROGRESS, `lesson-quiz:${home}`];
    try {
      return Object.keys(localStorage).filter((key) => kinds.some((kind) => key.startsWith(kind)));
    } catch {
      return [];
    }
  }

  const hasMemories = () => memories().length > 0;

  function setUpProgress() {
    find(".lesson-done")?.addEventListener("click", () => {
      const done = readProgress();
      const here = document.body.dataset.page;
      if (!done.delete(here)) done.add(here);
      if (done.size) remember(PROGRESS, JSON.stringify([...done]));
      else forget(PROGRESS);
      showProgress();
    });
    for (const button of findAll(".lesson-forget")) {
      button.addEventListener("click", () => {
        memories().forEach(forget);
        showProgress();
      });
    }
    addEventListener("storage", showProgress);
    showProgress();
  }

  function setUpMenus() {
    addEventListener("click", (event) => {
      for (const menu of findAll("details.lesson-menu[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
    addEventListener("keydown", (event) => {
      const menu = event.key === "Escape" && find("details.lesson-menu[open]");
      if (!menu) return;
      menu.open = false;
      find("summary", menu).focus();
    });
  }

  // Formulas are shown in a font of the system until the first words of the page are seen.
  function loadMathFont() {
    if (!root.dataset.math) return;
    const show = () => delete root.dataset.math;
    const load = async () => {
      show();
      if (!find("math")) return;
      const faces = await document.fonts.load('1em "STIX Two Math"').catch(() => []);
      try {
        if (faces.length) sessionStorage.setItem("lesson-math-font", "known");
      } catch {
        // Without storage, the words of each page come before its formulas' font.
      }
    };
    const isWatched = PerformanceObserver.supportedEntryTypes?.includes("paint");
    if (!isWatched || matchMedia("print").matches) return load();
    const watcher = new PerformanceObserver((list) => {
      if (!list.getEntriesByName("first-contentful-paint").length) return;
      watcher.disconnect();
      load();
    });
    watcher.observe({ type: "paint", buffered: true });
    addEventListener("beforeprint", show);
  }

  loadMathFont();
  setUpColours();
  setUpSearch();
  markFound();
  setUpSidebar("primary");
  setUpSidebar("secondary");
  setUpMenus();
  setUpProgress();
  markPlace();
  addCopyButtons();
  letScroll();
})();

// Puts a chart that can be changed in the place of its still, once it comes near the window. The chart is data in the
// page or, on a published site, in a file of its own; what draws it is one file for the whole site. Neither is loaded
// before.
"use strict";

(() => {
  const NEAR = "600px";
  const home = document.currentScript.src;
  const loading = new Map();

  // The site may lie on a disk, where a page can load scripts and no other files.
  function load(address) {
    if (!loading.has(address)) {
      const script = document.createElement("script");
      script.src = address;
      loading.set(
        address,
        new Promise((resolve, reject) => {
          script.addEventListener("load", resolve);
          script.addEventListener("error", reject);
        }),
      );
      document.head.append(script);
    }
    return loading.get(address);
  }

  async function readChart({ dataset, textContent }) {
    if (!dataset.src) return JSON.parse(textContent);
    await load(new URL(dataset.src, document.baseURI).href);
    // Vega marks the rows that it is given, and two figures may have the same chart.
    return structuredClone(window.lessonCharts[dataset.chart]);
  }

  function make(name, className, parent) {
    const element = document.createElement(name);
    element.className = className;
    parent.append(element);
    return element;
  }

  // The words are a layer of the chart, which is not drawn: what is computed there is said here.
  function sayWords(drawing, words) {
    const say = () => {
      const lines = [...drawing.querySelectorAll(".says_marks text")];
      const text = lines.map((line) => line.textContent).join(" ");
      if (text !== words.textContent) words.textContent = text;
    };
    new MutationObserver(say).observe(drawing, {
      characterData: true,
      childList: true,
      subtree: true,
    });
    say();
  }

  function addReset(chart, view, controls) {
    const button = make("button", "lesson-explorable-reset", controls);
    button.type = "button";
    button.textContent = "Back to the start";
    button.addEventListener("click", () => {
      for (const { name, value, bind } of chart.signals) {
        if (bind && value !== undefined) view.signal(name, value);
      }
      view.runAsync();
    });
  }

  async function wake(box) {
    const source = box.querySelector(".lesson-explorable-chart");
    const program = new URL(`vega.js?v=${source.dataset.version}`, home).href;
    const [chart] = await Promise.all([readChart(source), load(program)]);
    const live = make("div", "lesson-explorable-live", box);
    const controls = make("div", "lesson-explorable-controls", live);
    const drawing = make("div", "lesson-explorable-drawing", live);
    // below the chart, which would else move with their length
    const words = make("p", "lesson-explorable-words", live);
    const { expressionInterpreter, parse, View } = window.lessonVega;
    // Expressions are interpreted: the policy of the pages forbids to compile them.
    const view = new View(parse(chart, {}, { ast: true }), {
      bind: controls,
      container: drawing,
      expr: expressionInterpreter,
      renderer: "svg",
    });
    await view.runAsync();
    addReset(chart, view, controls);
    sayWords(drawing, words);
    words.setAttribute("role", "status"); // only now: what was there at first is no news
    // on paper the still comes back, and has to be there by then
    for (const image of box.querySelectorAll("img")) image.loading = "eager";
    box.classList.add("lesson-is-live");
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        wake(target);
      }
    },
    { rootMargin: NEAR },
  );
  for (const source of document.querySelectorAll(".lesson-explorable-chart")) {
    watcher.observe(source.parentElement);
  }
})();

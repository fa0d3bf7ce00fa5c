// Opens collapsed blocks for links, print and "show all", and marks quizzes. Without it a page is complete:
// browsers open the blocks themselves, and every answer of a quiz shows whether it is right.
"use strict";

(() => {
  document.documentElement.dataset.script ||= "on"; // some themes say so before, for what is painted first

  const CLOSED = "details.lesson-block, .lesson-quiz-feedback, .lesson-quiz-key";

  // Returns whether anything had to be opened.
  function openBoxesAround(target) {
    let hidden = false;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) {
      hidden ||= !box.open;
      box.open = true;
    }
    return hidden;
  }

  // The tabs of this place alone: those elsewhere stay as the reader has chosen them.
  function chooseTabsAround(target) {
    let hidden = false;
    for (
      let content = target.closest(".sd-tab-content");
      content;
      content = content.parentElement.closest(".sd-tab-content")
    ) {
      const label = content.previousElementSibling;
      const input = label && document.getElementById(label.htmlFor);
      if (!input || input.checked) continue;
      input.checked = true;
      hidden = true;
    }
    return hidden;
  }

  function revealTarget() {
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      return; // not an address that this site has made
    }
    const target = id && document.getElementById(id);
    if (!target) return;
    const isHidden = [openBoxesAround(target), chooseTabsAround(target)].includes(true);
    if (isHidden) target.scrollIntoView();
  }

  // A second click on the same link changes no address, and so tells nobody.
  function revealAgain(event) {
    const link = event.target.closest("a[href*='#']");
    if (link && link.href === location.href) revealTarget();
  }

  const COLLAPSED = "details.lesson-solution, details.lesson-hint";

  function makeShowAll() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "lesson-show-all";
    // Themes have a second heading that is for paper alone.
    const heading = [...document.querySelectorAll("h1")].find((h1) => h1.getClientRects().length);
    heading?.after(button);
    return button;
  }

  function setUpShowAll() {
    const boxes = [...document.querySelectorAll(COLLAPSED)];
    if (!boxes.length) return;
    const button = document.querySelector(".lesson-show-all") || makeShowAll();
    const label = () => {
      const isOpen = boxes.every((box) => box.open);
      button.textContent = `${isOpen ? "Hide" : "Show"} all solutions and hints`;
    };
    button.addEventListener("click", () => {
      const isOpen = !boxes.every((box) => box.open);
      for (const box of boxes) box.open = isOpen;
    });
    for (const box of boxes) box.addEventListener("toggle", label);
    label();
  }

  let openedForPrint = [];

  function openForPrint() {
    openedForPrint = [...document.querySelectorAll(CLOSED)].filter((box) => !box.open);
    for (const box of openedForPrint) box.open = true;
  }

  function closeAfterPrint() {
    for (const box of openedForPrint) box.open = false;
    openedForPrint = [];
  }

  // A video that comes near shows its still and how long it is; unlike a picture, it could not wait by itself.
  function setUpVideos() {
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting) continue;
          watcher.unobserve(target);
          target.preload = "metadata";
          target.poster = target.parentElement.querySelector(".lesson-video-still").src;
        }
      },
      { rootMargin: "600px" },
    );
    for (const video of document.querySelectorAll(".lesson-video > video")) watcher.observe(video);
  }

  // Private windows may forbid storage; a quiz then forgets its answer.
  function recall(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function remember(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      return;
    }
  }

  function parseNumber(text) {
    const plain = text.trim().replace("\u2212", "-").replace(/^(-?\d+),(\d+)$/, "$1.$2");
    return plain === "" ? NaN : Number(plain);
  }

  function isNear(number, wanted, tolerance) {
    return Math.abs(number - wanted) <= tolerance * (1 + 1e-9) + 1e-12;
  }

  function copyOf(element) {
    const copy = element.cloneNode(true);
    for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.removeAttribute("id");
    return copy;
  }

  function show(form, verdict, feedback) {
    const result = form.querySelector(".lesson-quiz-result");
    const line = document.createElement("p");
    line.className = "lesson-quiz-verdict";
    line.textContent = verdict;
    const said = feedback.map((element) => {
      const box = document.createElement("div");
      box.className = "lesson-quiz-said";
      const parts = element.querySelector(".lesson-quiz-why").children;
      for (const part of parts) {
        if (!part.classList.contains("lesson-quiz-verdict")) box.append(copyOf(part));
      }
      return box;
    });
    result.replaceChildren(line, ...said);
    form.closest(".lesson-quiz").classList.add("lesson-is-answered");
  }

  function ask(form, verdict) {
    const line = document.createElement("p");
    line.className = "lesson-quiz-verdict";
    line.textContent = verdict;
    form.querySelector(".lesson-quiz-result").replaceChildren(line);
  }

  const choices = {
    read: (form) => [...form.querySelectorAll("input:checked")].map((input) => input.value),
    write(form, values) {
      for (const input of form.querySelectorAll(".lesson-quiz-choice > input")) {
        input.checked = values.includes(input.value);
      }
    },
    mark(form, values) {
      const several = form.dataset.quiz === "several";
      const items = [...form.querySelectorAll(".lesson-quiz-choice")];
      const chosen = items.filter((item) => values.includes(item.querySelector("input").value));
      if (!chosen.length) return ask(form, "Choose an answer first.");
      const wrong = chosen.filter((item) => item.dataset.right !== "true");
      const missing = items.filter((i) => i.dataset.right === "true" && !chosen.includes(i));
      let verdict = "Right.";
      if (wrong.length) verdict = "Not right.";
      else if (missing.length) verdict = several ? "Right so far, but not all." : "Not right.";
      const feedback = (wrong.length && several ? wrong : chosen).map((item) =>
        item.querySelector(".lesson-quiz-feedback"),
      );
      show(form, verdict, feedback);
    },
  };

  const number = {
    read: (form) => form.querySelector(".lesson-quiz-field > input").value,
    write(form, value) {
      form.querySelector(".lesson-quiz-field > input").value = value;
    },
    mark(form, value) {
      const given = parseNumber(value);
      if (Number.isNaN(given)) return ask(form, "Enter a number first.");
      const right = isNear(given, Number(form.dataset.answer), Number(form.dataset.tolerance));
      const cases = [...form.querySelectorAll(".lesson-quiz-case")];
      const find = (name) => cases.find((item) => item.dataset.case === name);
      const named = cases.find(
        (item) =>
          item.dataset.case === "number" &&
          isNear(given, Number(item.dataset.value), Number(item.dataset.tolerance)),
      );
      const item = right ? find("right") : named || find("otherwise");
      show(
        form,
        right ? "Right." : "Not right.",
        item ? [item.querySelector(".lesson-quiz-feedback")] : [],
      );
    },
  };

  function setUpQuiz(form) {
    const kind = form.dataset.quiz === "number" ? number : choices;
    if (kind === number && form.dataset.answer === undefined) return;
    const quiz = form.closest(".lesson-quiz");
    const key = `lesson-quiz:${location.pathname}#${quiz.id}`;
    quiz.classList.add("lesson-has-script");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "lesson-quiz-check";
    button.textContent = "Check";
    form.querySelector(".lesson-quiz-result").before(button);
    const check = () => {
      const answer = kind.read(form);
      kind.mark(form, answer);
      remember(key, answer);
    };
    button.addEventListener("click", check);
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault();
        check();
      }
    });
    const earlier = recall(key);
    if (earlier !== null && earlier.length) kind.write(form, earlier);
  }

  for (const form of document.querySelectorAll(".lesson-quiz-form")) setUpQuiz(form);
  setUpShowAll();
  setUpVideos();
  addEventListener("hashchange", revealTarget);
  document.addEventListener("click", revealAgain);
  addEventListener("beforeprint", openForPrint);
  addEventListener("afterprint", closeAfterPrint);
  revealTarget();
})();

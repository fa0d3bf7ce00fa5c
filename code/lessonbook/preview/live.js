// Keeps a page of the preview fresh without moving the reader: before the page is loaded again it
// notes what is on the screen and which blocks are open, and puts that back before the first paint.
"use strict";

(() => {
  const script = document.currentScript;
  const KEY = `lessonbook-place:${location.pathname}`;
  const LONGEST_WAIT = 1000;
  const BLOCKS = "h1, h2, h3, h4, p, li, pre, figure, table, summary, dt, dd, math, img";
  const SIDEBARS = ".bd-sidebar-primary, .bd-sidebar-secondary";

  function article() {
    return document.querySelector("article, main") || document.body;
  }

  // Blocks are known by their own words, which stay the same when something above is edited.
  function nameBlocks(elements) {
    const seen = new Map();
    return elements.map((element) => {
      const words = (element.textContent || element.alt || "").trim().slice(0, 160);
      const name = `${element.tagName} ${element.id || words}`;
      const count = seen.get(name) || 0;
      seen.set(name, count + 1);
      return `${name} ${count}`;
    });
  }

  function notePlace() {
    const blocks = [...article().querySelectorAll(BLOCKS)];
    const names = nameBlocks(blocks);
    const onScreen = [];
    for (let i = 0; i < blocks.length && onScreen.length < 12; i += 1) {
      const { top, bottom, height } = blocks[i].getBoundingClientRect();
      if (height && bottom > 0 && top < innerHeight) onScreen.push([names[i], top]);
    }
    const boxes = [...document.querySelectorAll("details")];
    const place = {
      when: Date.now(),
      x: scrollX,
      y: scrollY,
      onScreen,
      open: nameBlocks(boxes).map((name, i) => [name, boxes[i].open]),
      sidebars: [...document.querySelectorAll(SIDEBARS)].map((bar) => bar.scrollTop),
    };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(place));
    } catch {
      return;
    }
  }

  function recallPlace() {
    try {
      const place = JSON.parse(sessionStorage.getItem(KEY));
      sessionStorage.removeItem(KEY);
      return place && Date.now() - place.when < 60000 ? place : null;
    } catch {
      return null;
    }
  }

  function openBoxes(place) {
    const wasOpen = new Map(place.open);
    const boxes = [...document.querySelectorAll("details")];
    nameBlocks(boxes).forEach((name, i) => {
      if (wasOpen.has(name)) boxes[i].open = wasOpen.get(name);
    });
  }

  function scrollBack(place) {
    const blocks = [...article().querySelectorAll(BLOCKS)];
    const byName = new Map(nameBlocks(blocks).map((name, i) => [name, blocks[i]]));
    const known = place.onScreen.find(([name]) => byName.get(name)?.getBoundingClientRect().height);
    if (known) {
      const [name, top] = known;
      const moved = byName.get(name).getBoundingClientRect().top - top;
      scrollTo({ left: place.x, top: scrollY + moved, behavior: "instant" });
    } else {
      scrollTo({ left: place.x, top: place.y, behavior: "instant" });
    }
    document.querySelectorAll(SIDEBARS).forEach((bar, i) => {
      bar.scrollTop = place.sidebars[i] ?? 0;
    });
  }

  function putBack(place) {
    const root = document.documentElement;
    let isTouched = false;
    history.scrollRestoration = "manual";
    // Until it is in its place, the page before stays on the screen.
    root.style.visibility = "hidden";
    const show = () => root.style.removeProperty("visibility");
    const restore = () => {
      if (isTouched) return;
      try {
        openBoxes(place);
        scrollBack(place);
      } finally {
        show();
      }
    };
    setTimeout(show, LONGEST_WAIT);
    // In the next frame the other scripts have had their turn, at tabs for example.
    addEventListener("DOMContentLoaded", () => requestAnimationFrame(restore));
    addEventListener("load", restore);
    // Not before: a browser that is slow puts its own idea of the place back after the load.
    addEventListener("pagehide", () => (history.scrollRestoration = "auto"));
    for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) {
      addEventListener(kind, () => (isTouched = true), { once: true, passive: true });
    }
  }

  const STYLE = `
    :host { all: initial; }
    .panel { position: fixed; z-index: 2147483647; right: 1rem; bottom: 1rem; max-width: min(44rem, calc(100vw - 2rem));
      max-height: 45vh; overflow: auto; box-sizing: border-box; padding: .7rem .9rem; border-radius: .4rem;
      font: 14px/1.45 system-ui, sans-serif; color: #fff; background: #24303c; border-left: .35rem solid #7aa7d6;
      box-shadow: 0 .2rem .9rem #0006; overflow-wrap: anywhere; }
    .panel.wrong { border-left-color: #ff8f70; }
    .panel[hidden] { display: none; }
    p { margin: 0 0 .4rem; } p:last-child { margin: 0; }
    ul { margin: 0 0 .5rem; padding-left: 1.1rem; }
    li { margin: .15rem 0; font-family: ui-monospace, monospace; font-size: 13px; }
    button { font: inherit; color: inherit; background: #ffffff22; border: 1px solid #ffffff66; border-radius: .25rem;
      padding: .15rem .55rem; margin: .2rem .4rem 0 0; cursor: pointer; }
    button:focus-visible { outline: 2px solid #fff; outline-offset: 2px; }
    @media print { .panel { display: none; } }
  `;

  class Panel {
    constructor() {
      const host = document.createElement("lessonbook-preview");
      const shadow = host.attachShadow({ mode: "open" });
      const style = document.createElement("style");
      style.textContent = STYLE;
      this.box = document.createElement("div");
      this.box.className = "panel";
      this.box.setAttribute("role", "status");
      this.box.hidden = true;
      shadow.append(style, this.box);
      document.body.append(host);
      this.dismissed = "";
    }

    tell(news) {
      const said = JSON.stringify([news.here, news.elsewhere]);
      const parts = [];
      if (news.here.length) parts.push(...this.describe(news));
      if (news.elsewhere.length) parts.push(...this.list("Elsewhere:", news.elsewhere));
      const isWrong = parts.length > 0;
      if (isWrong && this.dismissed === said) parts.length = 0;
      if (news.busy) parts.unshift(this.line(`${news.busy}\u2026`));
      if (isWrong && parts.length > (news.busy ? 1 : 0)) parts.push(this.hide(said));
      this.box.classList.toggle("wrong", isWrong);
      this.box.replaceChildren(...parts);
      this.box.hidden = parts.length === 0;
    }

    describe(news) {
      const shown = news.isGood ? "as it was before" : "with its mistakes";
      const parts = [...this.list("On this page:", news.here)];
      parts.push(this.line(`You see the page ${shown}.`));
      if (news.isGood || news.isDraft) parts.push(this.change(news.isDraft));
      return parts;
    }

    change(isDraft) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = isDraft ? "Show it as it was before" : "Show it with its mistakes";
      button.addEventListener("click", () => {
        document.cookie = `lessonbook-draft=${isDraft ? 0 : 1}; path=/; SameSite=Strict`;
        reload();
      });
      return button;
    }

    list(title, findings) {
      const list = document.createElement("ul");
      for (const finding of findings) {
        const item = document.createElement("li");
        item.textContent = finding;
        list.append(item);
      }
      return [this.line(title), list];
    }

    line(text) {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }

    hide(said) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Hide";
      button.addEventListener("click", () => {
        this.dismissed = said;
        this.box.hidden = true;
      });
      return button;
    }
  }

  function reload() {
    notePlace();
    location.reload();
  }

  function listen(panel) {
    const address = new URL("/.lessonbook/events", location.href);
    address.protocol = location.protocol.replace("http", "ws");
    address.searchParams.set("page", location.pathname);
    const socket = new WebSocket(address);
    socket.addEventListener("message", ({ data }) => {
      const news = JSON.parse(data);
      if (news.version && news.version !== script.dataset.version) reload();
      else panel.tell(news);
    });
    // The server may be started again.
    socket.addEventListener("close", () => setTimeout(() => listen(panel), 1000));
  }

  const place = recallPlace();
  if (place) putBack(place);
  addEventListener("DOMContentLoaded", () => listen(new Panel()));
})();

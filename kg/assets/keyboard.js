// Everything by keyboard: a cursor that walks through the network, toolbars with one stop for Tab, short cuts.

/** Move the one stop for Tab among `items` to `next`, with the focus. */
function rove(items, at, next) {
  items[at]?.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

/** A toolbar: Tab stops at it once, arrows walk through it. */
function roving(toolbar) {
  const items = () => [...toolbar.querySelectorAll("button, select, summary")].filter((item) => !item.disabled && item.offsetParent && !item.closest("details > :not(summary)"));
  const reset = () => {
    const [first] = items();
    if (!items().some((item) => item.getAttribute("tabindex") === "0")) first?.setAttribute("tabindex", "0");
  };
  for (const item of toolbar.querySelectorAll("button, select, summary")) {
    if (!item.closest("details > :not(summary)")) item.setAttribute("tabindex", "-1");
  }
  reset();
  toolbar.addEventListener("focusin", ({ target }) => {
    if (!items().includes(target)) return;
    for (const item of items()) item.setAttribute("tabindex", item === target ? "0" : "-1");
  });
  toolbar.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0 || !step) return;
    rove(all, at, all[(at + step + all.length) % all.length]);
    event.preventDefault();
  });
  return reset;
}

/** The nearest shown node from `from` in a direction of the picture; undefined where there is none. */
function towards(from, [dx, dy]) {
  const start = graph.network.getPosition(from);
  let best;
  for (const id of graph.shown.nodes) {
    if (id === from) continue;
    const place = graph.network.getPosition(id);
    const [x, y] = [place.x - start.x, place.y - start.y];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    if (along <= 0 || aside > along * 1.5) continue;
    const cost = along + 2 * aside;
    if (!best || cost < best.cost) best = { id, cost };
  }
  return best?.id;
}

const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** Keys of the network: arrows go to the next node, Enter selects it, + and - zoom, 0 shows everything, Home is the issuer. */
function networkKeys(stage, onSelect) {
  const point = (id) => {
    graph.cursor = id;
    graph.captions.forget();
    if (id !== undefined) {
      say(word("atNode", called(id), term("kind", things[id].kind), degree(id)));
      const { x, y } = graph.network.canvasToDOM(graph.network.getPosition(id));
      if (x < 40 || y < 40 || x > stage.clientWidth - 40 || y > stage.clientHeight - 40) graph.network.focus(id, { scale: graph.network.getScale() });
    }
    graph.network.redraw();
  };
  stage.addEventListener("focus", () => point(graph.cursor ?? view.state.node ?? [...graph.shown.nodes][0]));
  stage.addEventListener("blur", () => point(undefined));
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key in DIRECTIONS && graph.cursor !== undefined) {
      const next = towards(graph.cursor, DIRECTIONS[key]);
      if (next !== undefined) point(next);
    } else if (key === "Home" && data.issuer !== null) point(data.issuer);
    else if ((key === "Enter" || key === " ") && graph.cursor !== undefined) onSelect(graph.cursor);
    else if (key === "+" || key === "=") graph.zoom(1.3);
    else if (key === "-") graph.zoom(1 / 1.3);
    else if (key === "0") graph.fit();
    else return;
    event.preventDefault();
  });
}

/** Short cuts of the whole page; `on` has `search`, `undo`, `redo` and `escape`. */
function shortCuts(on) {
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    const { key, ctrlKey, metaKey, shiftKey } = event;
    if (key === "Escape") return on.escape(event);
    if (typing || event.isComposing) return;
    if ((ctrlKey || metaKey) && key.toLowerCase() === "z") {
      (shiftKey ? on.redo : on.undo)();
      event.preventDefault();
    } else if ((ctrlKey || metaKey) && key.toLowerCase() === "y") {
      on.redo();
      event.preventDefault();
    } else if (key === "/" && !ctrlKey && !metaKey) {
      on.search();
      event.preventDefault();
    }
  });
}

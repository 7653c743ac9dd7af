"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const GATES = { nand: [0, 1], and: [0, 0], or: [1, 0], nor: [1, 1] };
  const WIDTH = 400, HEIGHT = 310, EDGE = 26, RADIUS = 9;
  // Of modules: corners, how far they are turned, and their distance from the middle in radii.
  const DISC = [0, 0, 1], SHAPES = [DISC, [4, 0.5, 1.2], [4, 0, 1.2], [3, 0, 1.3], [3, 0.5, 1.3], [5, 0, 1.1], [6, 0, 1.1], [8, 0.5, 1.05]];
  let data, frame, kind, values, pressed = [], at = 0;

  const element = (name, attributes, parent) => {
    const made = document.createElementNS(SVG, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    parent.append(made);
    return made;
  };
  const byId = (id) => document.getElementById(id);
  // Of circuits, and of genes that regulate each other, where arrows run is not seen without heads.
  const isDirected = () => kind.fn.some((name) => name in GATES || name === "sign");
  const isInput = (node) => kind.layer[node] === 0;
  const nodeX = (node) => EDGE + frame.x[node] * (WIDTH - 2 * EDGE);
  const nodeY = (node) => EDGE + frame.y[node] * (HEIGHT - 2 * EDGE - 14);
  const placesOf = (node) => kind.out.flatMap((output, k) => output === node ? [k + 1] : []).join(", ");
  const nameOf = (node) => {
    if (isInput(node)) return "input " + kind.inputs[node];
    const isOutput = kind.out.includes(node);
    const what = kind.fn[node] in GATES ? kind.fn[node].toUpperCase() + " gate" : "neuron";
    return (!isOutput ? "" : kind.out.length > 1 ? "output " + placesOf(node) + ", " : "output, ") + what + " " + node;
  };

  // Values of all nodes for the inputs that are pressed, as Network.values computes them; NaN is a gate not at rest.
  function evaluate() {
    const n = kind.layer.length, into = Array.from({ length: n }, () => []);
    frame.e.forEach(([source, target, weight]) => into[target].push([source, weight]));
    const given = kind.inputs.map((_, k) => pressed[k] ? 1 : 0);
    if (kind.fn[n - 1] in GATES) return settle(into, given, n);
    if (kind.fn[n - 1] === "sign") return regulate(into, given);
    const isTanh = kind.fn.includes("tanh"), found = new Array(n).fill(0);
    given.forEach((value, k) => { found[k] = value || (isTanh ? -1 : 0); });
    for (let node = given.length; node < n; node++) {
      const total = into[node].reduce((sum, [source, weight]) => sum + weight * found[source], frame.b[node]);
      found[node] = isTanh ? Math.tanh(kind.gain * total) : Number(total > 0);
    }
    return found;
  }
  function regulate(into, given) {
    const n = given.length, first = given.map((value) => value || -1);
    const total = (sources, state) => sources.reduce((sum, [source, weight]) => sum + weight * state[source - n], 0);
    let state = first, rests = false;
    for (let step = 0; step < kind.steps; step++) {
      const next = state.map((_, gene) => total(into[n + gene], state) > 0 ? 1 : -1);
      rests = next.every((value, gene) => value === state[gene]);
      state = next;
    }
    return [...first, ...state.map((value) => rests ? value : NaN)];
  }
  function settle(into, given, n) {
    const ternary = kind.feedback === "ternary";
    const update = (before) => before.map((old, node) => {
      if (node < given.length) return old;
      const [decides, inverts] = GATES[kind.fn[node]], fed = into[node].map(([source]) => before[source]);
      const plain = fed.includes(decides) ? decides : fed.some(Number.isNaN) ? NaN : 1 - decides;
      return inverts ? 1 - plain : plain;
    });
    let now = [...given, ...new Array(n - given.length).fill(ternary ? NaN : 0)];
    for (let step = 0; step < (ternary ? n : kind.steps); step++) {
      const next = update(now), same = next.every((value, k) => Object.is(value, now[k]));
      now = next;
      if (same) return now;
    }
    if (ternary) return now;
    const rest = now, moved = new Array(n).fill(false);
    for (let step = 0; step < kind.steps; step++) {
      now = update(now);
      now.forEach((value, k) => { moved[k] = moved[k] || value !== rest[k]; });
    }
    return rest.map((value, k) => moved[k] ? NaN : value);
  }

  function show(number) {
    frame = data.frames[number];
    if (kind !== data.kinds[frame.k]) {
      kind = data.kinds[frame.k];
      pressed = kind.inputs.map((_, k) => pressed[k] || false);
      makeButtons();
      document.querySelectorAll(".weighted").forEach((one) => { one.hidden = kind.fn.some((name) => name in GATES); });
      document.querySelectorAll(".directed").forEach((one) => { one.hidden = !isDirected(); });
    }
    byId("caption").textContent = frame.t;
    byId("frame").setAttribute("aria-valuetext", frame.t);
    document.querySelectorAll(".multiple").forEach((one) => {
      if (Number(one.dataset.frame) === number) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
    draw();
  }

  function draw() {
    const net = byId("net");
    net.replaceChildren();
    const wires = element("g", {}, net), reaches = element("g", {}, net), pairs = new Set(frame.e.map((e) => e[0] + ">" + e[1]));
    frame.e.forEach(([source, target, weight, bent], k) => {
      if (frame.x[source] === null || frame.x[target] === null) return;
      const same = frame.m[source] === frame.m[target];
      const size = kind.fn[target] in GATES ? 1.6 : Math.min(1 + 0.8 * Math.abs(weight), 4);
      const bend = bent ?? (pairs.has(target + ">" + source) ? 0.18 : 0);
      const d = curve(source, target, bend);
      const colour = same ? " c" + frame.m[source] % 8 : "";
      element("path", { class: "wire" + colour + (weight < 0 ? " neg" : ""), d, "data-edge": k, style: "stroke-width:" + size }, wires);
      if (isDirected() && source !== target) element("path", { class: "head" + colour, d: head(source, target, bend), "data-edge": k }, wires);
      const reach = element("path", { class: "reach", d }, reaches);
      reach.addEventListener("pointerenter", () => tellEdge(k));
      reach.addEventListener("pointerleave", () => light([]));
      reach.addEventListener("click", () => tellEdge(k));
    });
    kind.layer.forEach((_, node) => { if (frame.x[node] !== null) drawNode(node, net); });
    if (frame.x[at] === null || at >= kind.layer.length) at = 0;
    net.querySelector('[data-node="' + at + '"]').setAttribute("tabindex", "0");
    fire();
  }
  // Arrows that would run over a node bend, and both of a pair there and back; one to itself is a loop.
  function middle(source, target, bend) {
    const [a, b, c, d] = [nodeX(source), nodeY(source), nodeX(target), nodeY(target)];
    return [(a + c) / 2 + bend * (d - b), (b + d) / 2 + bend * (a - c)];
  }
  function curve(source, target, bend) {
    const [x, y] = middle(source, target, bend), start = `M${nodeX(source)} ${nodeY(source)}`;
    return source === target ? start + "c-24 -22 24 -22 0 0" : start + `Q${x} ${y} ${nodeX(target)} ${nodeY(target)}`;
  }
  // The tip is where the curve comes to the target's edge.
  function head(source, target, bend) {
    const [x, y] = middle(source, target, bend), ends = [nodeX(source), nodeY(source), nodeX(target), nodeY(target)];
    const at = (t) => [0, 1].map((k) => (1 - t) ** 2 * ends[k] + 2 * t * (1 - t) * [x, y][k] + t ** 2 * ends[k + 2]);
    const left = (t) => Math.hypot(at(t)[0] - ends[2], at(t)[1] - ends[3]);
    const edge = RADIUS + (kind.out.includes(target) && kind.fn[target] in GATES ? 5 : 2);
    let t = 1;
    while (t > 0.02 && left(t) < edge) t -= 0.01;
    const [tip, before] = [at(t), at(Math.max(0, t - 0.04))], length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1;
    const [u, v] = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
    return `M${tip[0]} ${tip[1]}L${tip[0] - 8 * u - 3.5 * v} ${tip[1] - 8 * v + 3.5 * u}L${tip[0] - 8 * u + 3.5 * v} ${tip[1] - 8 * v - 3.5 * u}z`;
  }
  // A module has a shape beside its colour, as in the pictures of evomod.plots.
  function outline(module, x, y) {
    const r = RADIUS, [corners, turn, share] = module < 0 ? DISC : SHAPES[module % SHAPES.length];
    if (!corners) return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    const places = Array.from({ length: corners }, (_, k) => {
      const angle = (2 * Math.PI * (k + turn)) / corners - Math.PI / 2;
      return (x + share * r * Math.cos(angle)).toFixed(1) + " " + (y + share * r * Math.sin(angle)).toFixed(1);
    });
    return "M" + places.join("L") + "z";
  }
  function drawNode(node, net) {
    const module = frame.m[node], x = nodeX(node), y = nodeY(node), isOutput = kind.out.includes(node);
    const unit = element("g", {
      class: "unit" + (module < 0 ? " bare" : " c" + module % 8), "data-node": node, tabindex: -1,
      role: isInput(node) ? "button" : "img",
    }, net);
    if (isOutput) element("circle", { class: "out", cx: x, cy: y, r: RADIUS + 4 }, unit);
    element("path", { class: "body", d: outline(module, x, y) }, unit);
    if (isInput(node)) element("text", { x, y: y + 24, "text-anchor": "middle" }, unit).textContent = kind.inputs[node].slice(0, 8);
    else if (kind.fn[node] in GATES) element("text", { class: "gate", x, y: y + 2.6 }, unit).textContent = kind.fn[node].slice(0, 4);
    if (isOutput && kind.fn[node] !== "sign") element("text", { x: x + 15, y: y - 8 }, unit).textContent = kind.out.length > 1 ? "out " + placesOf(node) : "out";
    unit.addEventListener("pointerenter", () => tellNode(node));
    unit.addEventListener("pointerleave", () => light([]));
    unit.addEventListener("focus", () => { at = node; tellNode(node); });
    unit.addEventListener("blur", () => light([]));
    unit.addEventListener("click", () => { if (isInput(node)) press(node); else tellNode(node); });
  }

  function fire() {
    values = evaluate();
    document.querySelectorAll("#net .unit").forEach((unit) => {
      const node = Number(unit.dataset.node), state = stateOf(node);
      unit.classList.toggle("on", state === "fires");
      unit.classList.toggle("off", state !== "fires");
      unit.classList.toggle("unsteady", state === "is not at rest");
      unit.setAttribute("aria-label", nameOf(node) + ", " + state);
      if (isInput(node)) unit.setAttribute("aria-pressed", String(Boolean(pressed[node])));
    });
    document.querySelectorAll("#inputs [data-input]").forEach((one) => one.setAttribute("aria-pressed", String(Boolean(pressed[one.dataset.input]))));
  }
  const stateOf = (node) => Number.isNaN(values[node]) ? "is not at rest" : values[node] > 0 ? "fires" : "does not fire";
  function press(node) {
    pressed[node] = !pressed[node];
    fire();
    tellNode(node);
  }
  function makeButtons() {
    const place = byId("inputs");
    place.replaceChildren();
    const add = (text, act, key) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      if (key !== undefined) button.dataset.input = key;
      button.addEventListener("click", act);
      place.append(button);
    };
    kind.inputs.forEach((name, k) => add(name, () => press(k), k));
    add("all on", () => { pressed = kind.inputs.map(() => true); fire(); });
    add("all off", () => { pressed = kind.inputs.map(() => false); fire(); });
  }

  const weightOf = (edge) => kind.fn[edge[1]] in GATES ? "" : " (" + edge[2] + ")";
  function tellNode(node) {
    const from = [], to = [], lit = [];
    frame.e.forEach((edge, k) => {
      if (edge[1] === node) from.push((isInput(edge[0]) ? kind.inputs[edge[0]] : edge[0]) + weightOf(edge));
      if (edge[0] === node) to.push(edge[1] + weightOf(edge));
      if (edge[0] === node || edge[1] === node) lit.push(k);
    });
    const module = frame.m[node] < 0 ? "no connection" : "module " + (frame.m[node] + 1);
    const bias = isInput(node) || kind.fn[node] in GATES ? "" : ", bias " + frame.b[node];
    byId("about").textContent = nameOf(node) + ", " + module + bias + ": " + stateOf(node)
      + (from.length ? "; from " + from.join(", ") : "") + (to.length ? "; to " + to.join(", ") : "") + ".";
    light(lit, node);
  }
  function tellEdge(k) {
    const [source, target, weight] = frame.e[k];
    const where = frame.m[source] === frame.m[target] ? "within module " + (frame.m[source] + 1) : "between modules " + (frame.m[source] + 1) + " and " + (frame.m[target] + 1);
    byId("about").textContent = "connection from " + nameOf(source) + " to " + nameOf(target) + (kind.fn[target] in GATES ? "" : ", weight " + weight) + ", " + where + ".";
    light([k]);
  }
  function light(edges, node = -1) {
    document.querySelectorAll("#net .wire, #net .head").forEach((wire) => {
      const isLit = edges.includes(Number(wire.dataset.edge));
      wire.classList.toggle("lit", isLit);
      wire.classList.toggle("dim", edges.length > 0 && !isLit);
    });
    document.querySelectorAll("#net .unit").forEach((unit) => unit.classList.toggle("lit", Number(unit.dataset.node) === node));
  }
  // The nearest node in the direction of an arrow key.
  function step(dx, dy) {
    let best = -1, least = Infinity;
    kind.layer.forEach((_, node) => {
      if (node === at || frame.x[node] === null) return;
      const x = nodeX(node) - nodeX(at), y = nodeY(node) - nodeY(at), along = x * dx + y * dy, off = Math.abs(x * dy) + Math.abs(y * dx);
      if (along > 1 && along + 2 * off < least) { least = along + 2 * off; best = node; }
    });
    if (best < 0) return;
    const net = byId("net");
    net.querySelectorAll(".unit").forEach((unit) => unit.setAttribute("tabindex", "-1"));
    const next = net.querySelector('[data-node="' + best + '"]');
    next.setAttribute("tabindex", "0");
    next.focus();
  }

  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  function begin(number) {
    data = JSON.parse(byId("data").textContent);
    kind = undefined;
    const slider = byId("frame");
    if (!slider || data.frames.length === 0) return;
    slider.addEventListener("input", () => show(Number(slider.value)));
    byId("net").addEventListener("keydown", (event) => {
      if (event.key in KEYS) { step(...KEYS[event.key]); event.preventDefault(); }
      if ((event.key === "Enter" || event.key === " ") && isInput(at)) { press(at); event.preventDefault(); }
    });
    document.querySelectorAll(".multiple").forEach((one) => one.addEventListener("click", () => {
      slider.value = one.dataset.frame;
      show(Number(slider.value));
      byId("caption").scrollIntoView({ block: "nearest" });
    }));
    if (number !== undefined) slider.value = Math.min(number, Number(slider.max));
    show(Number(slider.value));
  }
  // Of a page that is served by `evomod lab`: it follows the folder.
  async function renew() {
    const slider = byId("frame"), focused = document.activeElement && document.activeElement.id;
    const isLast = !slider || slider.value === slider.max, number = slider ? Number(slider.value) : 0;
    const page = new DOMParser().parseFromString(await (await fetch("./")).text(), "text/html");
    for (const name of ["header", "main"]) document.querySelector(name).replaceChildren(...page.querySelector(name).childNodes);
    byId("data").textContent = page.getElementById("data").textContent;
    begin(isLast ? Infinity : number);
    if (focused && byId(focused)) byId(focused).focus();
  }
  if ("live" in document.body.dataset) {
    let waiting = Promise.resolve();
    new EventSource("events").onmessage = () => { waiting = waiting.then(renew); };
  }
  begin();
  window.evomodReport = { values: () => values, begin };
})();

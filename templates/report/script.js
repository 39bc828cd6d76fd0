"use strict";
// Filters and drawings of the report. Everything is made with createElement and textContent: no text becomes markup.
(() => {
  const byId = (id) => document.getElementById(id);
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const draw = (name, attributes = {}, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  for (const element of document.querySelectorAll(".js")) element.hidden = false;

  // Light, dark, or as the system says; kept where the browser lets a file keep something.
  const themes = ["system", "light", "dark"];
  const remembered = (() => { try { return localStorage.getItem("plan-report-theme"); } catch { return null; } })();
  const button = byId("theme");
  let theme = themes.includes(remembered) ? remembered : "system";
  const dress = () => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.setItem("plan-report-theme", theme); } catch { /* a page from a file may keep nothing */ }
    dress();
  });
  dress();

  // On paper nothing can be opened.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
  for (const form of document.querySelectorAll("form")) form.addEventListener("submit", (event) => event.preventDefault());

  // Services
  const rows = [...byId("service-table").tBodies[0].rows];
  const words = rows.map((row) => row.textContent.toLowerCase());
  // Of ten thousand the first are shown, until there is a word to look for or somebody wants them all.
  let limit = 200;
  const showServices = () => {
    const wanted = byId("service-text").value.trim().toLowerCase();
    let [found, shown] = [0, 0];
    rows.forEach((row, at) => {
      const matches = words[at].includes(wanted);
      row.hidden = !matches || shown >= limit;
      if (matches) found += 1;
      if (!row.hidden) shown += 1;
    });
    byId("service-count").textContent = shown < found ? `${shown} of ${found} shown` : `${found} of ${rows.length}`;
    byId("service-all").hidden = shown === found;
  };
  byId("service-all").addEventListener("click", () => { limit = Infinity; showServices(); byId("service-text").focus(); });
  byId("service-text").addEventListener("input", showServices);
  showServices();

  // Findings
  const levels = [...document.querySelectorAll(".finding-level")];
  const showFindings = () => {
    const shown = new Set(levels.filter((box) => box.checked).map((box) => box.value));
    for (const finding of document.querySelectorAll(".finding")) finding.hidden = !shown.has(finding.dataset.level);
  };
  for (const box of levels) box.addEventListener("change", showFindings);

  // Connectivity
  const clusters = JSON.parse(byId("reach-data").textContent);
  const most = { matrix: 60, edges: 400, rows: 300 };
  const [INTERNET, NETWORKS] = [-1, -2];
  const control = { cluster: byId("reach-cluster"), view: byId("reach-view"), from: byId("reach-from"), to: byId("reach-to"), port: byId("reach-port") };
  const option = (value, text) => { const made = make("option", { value }); made.textContent = text; return made; };
  clusters.forEach((cluster, at) => control.cluster.append(option(at, cluster.name)));
  const current = () => clusters[Number(control.cluster.value) || 0];
  const nameOf = (cluster, number) => (number === INTERNET ? "internet" : number === NETWORKS ? "other networks" : cluster.namespaces[number]);

  const chooseCluster = () => {
    const cluster = current();
    control.view.querySelector("[value=staged]").disabled = !cluster.staged;
    control.view.value = "enforced";
    const numbers = cluster.namespaces.map((_, number) => number).sort((a, b) => (nameOf(cluster, a) < nameOf(cluster, b) ? -1 : 1));
    for (const select of [control.from, control.to]) {
      select.replaceChildren(option("", "anybody"), ...numbers.map((number) => option(number, nameOf(cluster, number))), option(INTERNET, "internet"), option(NETWORKS, "other networks"));
    }
    control.port.value = "";
    show();
  };

  // A row is [from, to, connection], each a number; an end is [namespaces, name], and no namespaces are those of the source.
  const pairsOf = (from, to) => (to.length ? from.flatMap((one) => to.map((other) => [one, other])) : from.map((one) => [one, one]));
  const chosen = () => {
    const cluster = current();
    const all = (control.view.value === "staged" && cluster.staged) || cluster.enforced;
    const end = (select) => (select.value === "" ? null : Number(select.value));
    const [from, to, port] = [end(control.from), end(control.to), control.port.value.trim().toLowerCase()];
    const rows = all.filter(([source, target, connection]) => {
      const [sources, targets] = [cluster.ends[source][0], cluster.ends[target][0]];
      if (from !== null && !sources.includes(from)) return false;
      const reached = targets.length ? targets : sources;
      if (to !== null && !reached.includes(to)) return false;
      if (from !== null && to !== null && !targets.length && from !== to) return false;
      const text = cluster.connections[connection].toLowerCase();
      return port === "" || text.includes(port) || text === "all connections";
    });
    return { cluster, rows, from, to };
  };

  const connectionsOf = ({ cluster, rows, from, to }) => {
    const cells = new Map();
    for (const row of rows) {
      const text = cluster.connections[row[2]];
      for (const [one, other] of pairsOf(cluster.ends[row[0]][0], cluster.ends[row[1]][0])) {
        if ((from !== null && one !== from) || (to !== null && other !== to)) continue;
        const key = `${one} ${other}`;
        if (!cells.has(key)) cells.set(key, new Set());
        cells.get(key).add(text);
      }
    }
    return cells;
  };
  const kindOf = (texts) => {
    const all = [...texts];
    if (all.some((text) => text === "All Connections")) return ["all", "\u25cf", "everything"];
    if (all.every((text) => text.startsWith("perhaps"))) return ["perhaps", "?", "depends on the network plugin"];
    return ["some", "\u2713", "some ports"];
  };

  const showMatrix = (state, cells) => {
    const { cluster, from, to } = state;
    const table = byId("reach-matrix");
    const ends = [...cells.keys()].map((key) => key.split(" ").map(Number));
    const sorted = (numbers) => [...new Set(numbers)].sort((a, b) => (nameOf(cluster, a) < nameOf(cluster, b) ? -1 : 1));
    const [sources, targets] = [sorted(ends.map(([one]) => one)), sorted(ends.map(([, other]) => other))];
    table.replaceChildren(make("caption", {}, "\u2713 some ports, \u25cf everything, ? depends on the network plugin, empty: denied"));
    if (sources.length > most.matrix || targets.length > most.matrix) {
      table.append(make("tbody", {}, make("tr", {}, make("td", {}, `${sources.length} by ${targets.length} namespaces are too many to draw: choose one above.`))));
      return;
    }
    const press = (select, number, pressed) => {
      const made = make("button", { type: "button", "aria-pressed": String(pressed), title: nameOf(cluster, number) });
      made.textContent = nameOf(cluster, number);
      made.addEventListener("click", () => { select.value = pressed ? "" : String(number); show(); byId("reach-count").scrollIntoView({ block: "nearest" }); });
      return made;
    };
    const head = make("tr", {}, make("td", {}, "from \u2193 to \u2192"));
    for (const other of targets) head.append(make("th", { scope: "col" }, press(control.to, other, other === to)));
    const body = make("tbody");
    for (const one of sources) {
      const row = make("tr", {}, make("th", { scope: "row" }, press(control.from, one, one === from)));
      for (const other of targets) {
        const texts = cells.get(`${one} ${other}`);
        if (!texts) { row.append(make("td")); continue; }
        const [kind, sign, words] = kindOf(texts);
        const cell = make("td", { class: kind, title: `${nameOf(cluster, one)} to ${nameOf(cluster, other)}: ${[...texts].join("; ")}` });
        const spoken = make("span", { role: "img", "aria-label": words });
        spoken.textContent = sign;
        cell.append(spoken);
        row.append(cell);
      }
      body.append(row);
    }
    table.append(make("thead", {}, head), body);
  };

  const showGraph = ({ cluster }, cells) => {
    const place = byId("reach-graph");
    const edges = [...cells].map(([key, texts]) => [...key.split(" ").map(Number), texts]).filter(([one, other]) => one !== other);
    if (edges.length > most.edges || edges.length === 0) {
      place.replaceChildren(make("p", {}, edges.length ? `${edges.length} connections are too many to draw: choose a namespace or a port above.` : "Nothing connects two namespaces here."));
      return;
    }
    const side = (pick) => [...new Set(edges.map(pick))].sort((a, b) => (nameOf(cluster, a) < nameOf(cluster, b) ? -1 : 1));
    const [left, right] = [side(([one]) => one), side(([, other]) => other)];
    const line = 26;
    const height = Math.max(left.length, right.length) * line + 16;
    const svg = draw("svg", { class: "graph drawing", viewBox: `0 0 900 ${height}`, width: 900, height, role: "img", "aria-label": `${edges.length} connections between namespaces. The matrix and the rows say the same.` });
    const top = (list, number) => 8 + list.indexOf(number) * line + line / 2;
    for (const [one, other, texts] of edges) {
      const [y1, y2] = [top(left, one), top(right, other)];
      const path = draw("path", { class: `edge ${kindOf(texts)[0]}`, d: `M230 ${y1}C450 ${y1} 450 ${y2} 670 ${y2}` });
      path.append(draw("title", {}, `${nameOf(cluster, one)} to ${nameOf(cluster, other)}: ${[...texts].join("; ")}`));
      svg.append(path);
    }
    const short = (text) => (text.length > 28 ? `${text.slice(0, 27)}\u2026` : text);
    for (const [list, x, anchor] of [[left, 222, "end"], [right, 678, "start"]]) {
      for (const number of list) svg.append(draw("text", { x, y: top(list, number) + 4, "text-anchor": anchor }, short(nameOf(cluster, number))));
    }
    // With one end chosen there is room for the ports.
    if (left.length === 1 || right.length === 1) {
      for (const [one, other, texts] of edges) {
        const y = right.length === 1 ? top(left, one) : top(right, other);
        const x = right.length === 1 ? 246 : 654;
        svg.append(draw("text", { class: "soft ports", x, y: y - 3, "text-anchor": right.length === 1 ? "start" : "end" }, short([...texts].join("; "))));
      }
    }
    place.replaceChildren(svg);
  };

  const showRows = ({ cluster, rows }) => {
    const body = byId("reach-rows").tBodies[0];
    body.replaceChildren(...rows.slice(0, most.rows).map((row) => make("tr", {}, make("th", { scope: "row" }, cluster.ends[row[0]][1]), make("td", {}, cluster.ends[row[1]][1]), make("td", {}, cluster.connections[row[2]]))));
    if (rows.length > most.rows) body.append(make("tr", {}, make("td", { colspan: 3 }, `${rows.length - most.rows} more rows: choose a namespace or a port above.`)));
  };

  const show = () => {
    const state = chosen();
    const cells = connectionsOf(state);
    byId("reach-count").textContent = `${state.rows.length} rows, ${cells.size} pairs of namespaces.`;
    showMatrix(state, cells);
    showGraph(state, cells);
    showRows(state);
    if (state.rows.length <= 40 && (state.from !== null || state.to !== null)) byId("reach-rows").closest("details").open = true;
  };
  if (clusters.length) {
    control.cluster.addEventListener("change", chooseCluster);
    for (const select of [control.view, control.from, control.to]) select.addEventListener("change", show);
    control.port.addEventListener("input", show);
    control.port.form.addEventListener("reset", () => setTimeout(chooseCluster, 0));
    chooseCluster();
  }
})();

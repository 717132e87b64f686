// SPDX-License-Identifier: GPL-2.0-only
// Filters, two columns compared, keys. All that is shown is in the address: "#" and the id of
// the open article, then "&q=...&w=...&a=...&b=...", so that it can be sent.
"use strict";
(function () {
	const $ = (id) => document.getElementById(id);
	const controls = ["q", "w", "a", "b"];
	const tables = Array.from(document.querySelectorAll("#cases table.grid"));
	const rows = [];
	let state = { id: "" };
	let last = null; // the cell that was left for an article

	// The word of a cell; capitals only say that nobody expected it.
	const word = (cell) => cell.textContent.trim().split(" ")[0].toLowerCase();

	for (const table of tables) {
		const head = table.tHead.rows[0];
		const columns = {};
		for (const th of head.cells)
			if (th.dataset.k !== undefined)
				columns[th.dataset.k] = th.cellIndex;
		for (const tr of table.tBodies[0].rows)
			rows.push({ tr, table, columns, name: tr.cells[0].textContent.toLowerCase(),
				words: Array.from(tr.cells, (c) => c.tagName === "TH" || c.className === "h" ? "" : word(c)),
				bad: Array.from(tr.cells, (c) => c.classList.contains("b") ? 1 : c.classList.contains("g") ? 0 : -1) });
	}

	function read() {
		const s = { id: "" };
		location.hash.slice(1).split("&").forEach((part, i) => {
			const eq = part.indexOf("=");
			if (eq > 0 && controls.includes(part.slice(0, eq))) {
				try {
					s[part.slice(0, eq)] = decodeURIComponent(part.slice(eq + 1));
				} catch (e) {
					s.q = "";
				}
			} else if (!i) {
				s.id = part;
			}
		});
		return s;
	}

	function address(s) {
		let a = "#" + (s.id || "");
		for (const c of controls)
			if (s[c])
				a += "&" + c + "=" + encodeURIComponent(s[c]);
		return a;
	}

	// Filters replace what the address says, an article is a step that "back" undoes.
	function go(s, step) {
		const a = address(s);
		if (a === location.hash || (a === "#" && !location.hash))
			show(s);
		else if (step)
			location.hash = a;
		else {
			history.replaceState(null, "", a);
			show(s);
		}
	}

	function column(r, name) {
		return Object.prototype.hasOwnProperty.call(r.columns, name) ? r.columns[name] : -1;
	}

	function change(r, a, b) {
		const x = r.bad[a], y = r.bad[b];
		if (r.words[a] === r.words[b] && r.tr.cells[a].textContent === r.tr.cells[b].textContent)
			return "";
		return x === 0 && y === 1 ? "broken" : x === 1 && y === 0 ? "fixed" : "changed";
	}

	function filter(s) {
		const want = (s.q || "").toLowerCase().split(/\s+/).filter(Boolean);
		const two = rows.length && s.a && s.b && column(rows[0], s.a) > 0 && column(rows[0], s.b) > 0;
		const count = {};
		let shown = 0, folded = 0;
		for (const r of rows) {
			const a = two ? column(r, s.a) : -1, b = two ? column(r, s.b) : -1;
			const c = two ? change(r, a, b) : "";
			let ok = want.every((w) => r.name.includes(w));
			if (s.w)
				ok = ok && r.words.some((w, i) => w === s.w && (!two || i === a || i === b));
			if (two)
				ok = ok && c;
			r.tr.hidden = !ok;
			shown += ok ? 1 : 0;
			folded += ok && r.table.closest("details") ? 1 : 0;
			if (two && ok)
				count[c] = (count[c] || 0) + 1;
			for (const i of Object.values(r.columns))
				r.tr.cells[i].hidden = two && i !== a && i !== b;
		}
		for (const t of tables)
			for (const th of t.tHead.rows[0].cells)
				th.hidden = two && th.dataset.k !== undefined && th.dataset.k !== s.a && th.dataset.k !== s.b;
		const any = want.length || s.w || two;
		if ($("same") && any && folded)
			$("same").open = true;
		if ($("said"))
			$("said").textContent = !any ? "" : shown + " of " + rows.length + " rows" +
				(two ? " differ: " + s.a + " to " + s.b + ", " + (Object.keys(count).map((k) => count[k] + " " + k).join(", ") || "none") : "");
	}

	// An id is of this page or it is not: what the address says is never part of the page.
	function open(s) {
		// A cell tells one test for all that did the same: of the others their case.
		const found = s.id ? $(s.id) || $(s.id.split("@")[0].split("/").slice(0, 2).join("/")) : null;
		for (const e of document.querySelectorAll("article.open"))
			e.classList.remove("open");
		for (const e of document.querySelectorAll("a[aria-current]"))
			e.removeAttribute("aria-current");
		$("none").hidden = !s.id || !!found;
		if (!found)
			return;
		if (found.tagName === "DETAILS")
			found.open = true;
		if (found.tagName !== "ARTICLE") {
			found.scrollIntoView();
			return;
		}
		found.classList.add("open");
		const cells = Array.from(document.querySelectorAll("td a")).filter((e) => e.getAttribute("href") === "#" + s.id);
		for (const e of cells)
			e.setAttribute("aria-current", "true");
		// From an address, the cell has not been seen yet.
		if (!last && cells.length)
			(cells.find((e) => e.closest("#cases")) || cells[0]).scrollIntoView({ block: "center" });
		const title = found.querySelector("h3");
		title.tabIndex = -1;
		title.focus({ preventScroll: true });
		found.scrollTop = 0;
	}

	function show(s) {
		const same = s.id === state.id;
		state = s;
		for (const c of controls)
			if ($(c) && document.activeElement !== $(c))
				$(c).value = s[c] || "";
		filter(s);
		if (!same)
			open(s);
	}

	function close() {
		const id = state.id;
		go(Object.assign({}, state, { id: "" }), false);
		if (!last || !document.contains(last))
			last = Array.from(document.querySelectorAll("td a")).find((e) => e.getAttribute("href") === "#" + id);
		if (last)
			last.focus();
	}

	// From a cell or a name to the next one that is to be seen.
	function move(from, key) {
		const cell = from.closest("td, th");
		const body = cell && cell.closest("tbody");
		if (!body)
			return false;
		const all = Array.from(body.rows).filter((r) => !r.hidden);
		let y = all.indexOf(cell.parentElement), x = cell.cellIndex;
		const dy = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
		const dx = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
		if (key === "Home" || key === "End")
			x = key === "Home" ? 1 : all[y].cells.length, x -= 1;
		else
			x += dx;
		for (y += dy; all[y] && all[y].cells[x]; y += dy, x += key === "End" ? -1 : dx) {
			const a = all[y].cells[x].hidden ? null : all[y].cells[x].querySelector("a");
			if (a) {
				a.focus();
				a.scrollIntoView({ block: "nearest", inline: "nearest" });
				break;
			}
			if (!dx && !dy && key === "Home")
				break;
		}
		return true;
	}

	document.addEventListener("keydown", (e) => {
		const t = e.target;
		if (e.ctrlKey || e.altKey || e.metaKey)
			return;
		if (e.key === "Escape") {
			if (document.querySelector("article.open"))
				close();
			else if (t.id === "q")
				t.blur();
			return;
		}
		if (/^(INPUT|SELECT|TEXTAREA)$/.test(t.tagName))
			return;
		if (e.key === "/" && $("q")) {
			e.preventDefault();
			$("q").focus();
		} else if (/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(e.key) && t.tagName === "A" && move(t, e.key)) {
			e.preventDefault();
		}
	});

	document.addEventListener("click", (e) => {
		const a = e.target.closest("a");
		if (!a || e.button || e.ctrlKey || e.metaKey || e.shiftKey || (a.getAttribute("href") || "")[0] !== "#")
			return;
		e.preventDefault();
		if (a.className === "close") {
			close();
			return;
		}
		if (a.closest("td, th"))
			last = a;
		go(Object.assign({}, state, { id: a.getAttribute("href").slice(1) }), true);
	});

	for (const c of controls)
		if ($(c))
			$(c).addEventListener("input", () =>
				go(Object.assign({}, state, { [c]: $(c).value }), false));
	if ($("controls")) {
		const words = new Set();
		for (const r of rows)
			r.words.forEach((w) => w && words.add(w));
		for (const w of Array.from(words).sort())
			$("w").add(new Option(w));
		$("controls").addEventListener("submit", (e) => e.preventDefault());
		$("controls").hidden = false;
	}
	const none = document.createElement("p");
	none.id = "none";
	none.className = "warning";
	none.hidden = true;
	none.textContent = "The address names something that is not on this page.";
	document.body.append(none);
	window.addEventListener("hashchange", () => show(read()));
	show(read());
}());

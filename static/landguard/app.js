// Small behaviour for every page. Nothing here decides anything: it opens, closes, focuses, announces.
// No eval, no inline handlers (CSP script-src 'self'); all htmx events are listened to in this file.

const flash = () => document.getElementById("flash");

// --- messages -------------------------------------------------------------------------------

function announce(text) {
  const area = flash();
  if (!area) return;
  const box = document.createElement("div");
  box.className = "lg-alert lg-alert-red";
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.dataset.lgDismiss = "";
  close.setAttribute("aria-label", "关闭消息");
  box.append(words, close);
  area.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

const STATUS_WORDS = {
  0: "网络不通，内容未提交。检查网络后重试。",
  401: "登录已失效，重新登录后再试。",
  403: "您的岗位无权办理此事项，或页面已过期；刷新后重试。",
  404: "未找到该记录，可能已被他人撤销。刷新页面查看最新情况。",
  409: "他人刚刚修改了同一记录，刷新页面后重试。",
  413: "文件过大，未能上传。",
  429: "操作过于频繁，稍后重试。",
};

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  announce(STATUS_WORDS[status] || `系统出现故障（${status}），内容未保存。稍后重试或联系系统管理员。`);
});
document.addEventListener("htmx:sendError", () => announce(STATUS_WORDS[0]));
document.addEventListener("htmx:timeout", () => announce("系统长时间没有回应，刷新页面查看是否已办理。"));

// --- navigation: groups stay as the reader left them; the one with the current page is always open ----

const folded = (name) => `lg-fold:${name}`;

document.querySelectorAll("details[data-lg-fold]").forEach((group) => {
  const name = folded(group.dataset.lgFold);
  const kept = localStorage.getItem(name);
  if (kept && !group.querySelector("[aria-current]")) group.open = kept === "open";
  group.addEventListener("toggle", () => localStorage.setItem(name, group.open ? "open" : "closed"));
});
document.querySelector(".lg-nav [aria-current]")?.scrollIntoView({ block: "nearest" });

// --- tabs: one row on a phone; the one that is open is brought into sight ---------------------------

document.querySelectorAll(".lg-tabs").forEach((row) => {
  const tab = row.querySelector("[aria-current]");
  if (tab) row.scrollLeft += tab.getBoundingClientRect().left - row.getBoundingClientRect().left - 40;
});

// --- lists: an address names only the filters that are set ------------------------------------------

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  const filters = event.detail.formData;
  for (const name of new Set(filters.keys())) {
    const set = filters.getAll(name).filter((value) => value !== "");
    filters.delete(name);
    set.forEach((value) => filters.append(name, value));
  }
});

// --- confirmation: hx-confirm="…" on an htmx element, data-lg-confirm="…" on a plain form or button ---

function ask(question, proceed) {
  const dialog = document.getElementById("lg-confirm");
  if (!dialog || !dialog.showModal) {
    if (window.confirm(question)) proceed();
    return;
  }
  document.getElementById("lg-confirm-text").textContent = question;
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && proceed(), { once: true });
  dialog.showModal();
}

document.addEventListener("htmx:confirm", (event) => {
  const question = event.detail.question;
  if (!question) return;
  event.preventDefault();
  ask(question, () => event.detail.issueRequest(true));
});

const confirmed = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = (button && button.dataset.lgConfirm) || form.dataset.lgConfirm;
  if (!question || confirmed.has(form)) {
    confirmed.delete(form);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(question, () => {
    confirmed.add(form);
    form.requestSubmit(button || undefined);
  });
}, true);

// --- clicks -----------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const element = event.target.closest(
    "[data-lg-print], [data-lg-dismiss], [data-lg-open], [data-lg-close], [data-lg-density]",
  );
  if (!element) return;
  if ("lgPrint" in element.dataset) window.print();
  if ("lgDismiss" in element.dataset) element.closest(".lg-alert")?.remove();
  if (element.dataset.lgOpen) document.getElementById(element.dataset.lgOpen)?.showModal();
  if ("lgClose" in element.dataset) element.closest("dialog")?.close();
  if (element.dataset.lgDensity) toggleDensity(element);
});

function toggleDensity(button) {
  const dense = document.getElementById(button.dataset.lgDensity)?.classList.toggle("lg-table-dense");
  button.setAttribute("aria-pressed", String(Boolean(dense)));
  if (!button.dataset.lgDensityUrl) return;
  window.htmx.ajax("POST", button.dataset.lgDensityUrl, { values: { dense: dense ? "1" : "0" }, swap: "none" });
}

// --- boxes: only rows with problems, select all of this page --------------------------------------

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  if (box.dataset.lgOnly) showOnly(box);
  if (box.dataset.lgAll) selectAll(box);
  markRow(box);
});

function showOnly(box) {
  document
    .querySelectorAll(`${box.dataset.lgOnly} tr[data-lg-ok]`)
    .forEach((row) => row.toggleAttribute("hidden", box.checked));
}

function selectAll(all) {
  document.querySelectorAll(all.dataset.lgAll).forEach((box) => {
    box.checked = all.checked;
    markRow(box);
  });
  countSelected();
}

function markRow(box) {
  if (!("lgRow" in box.dataset)) return;
  box.closest("tr")?.classList.toggle("lg-sel", box.checked);
  countSelected();
}

function countSelected() {
  const number = document.querySelectorAll("input[data-lg-row]:checked").length;
  document.querySelectorAll("[data-lg-selected]").forEach((place) => {
    place.textContent = String(number);
  });
}

// --- uploads: a bar while the file travels, files dropped onto the form ------------------------------

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("[data-lg-upload-bar]");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = Math.round((100 * event.detail.loaded) / event.detail.total);
});

document.addEventListener("dragover", (event) => {
  const place = event.target.closest?.("[data-lg-drop]");
  if (!place) return;
  event.preventDefault();
  place.classList.add("lg-drop-over");
});

document.addEventListener("dragleave", (event) => {
  event.target.closest?.("[data-lg-drop]")?.classList.remove("lg-drop-over");
});

document.addEventListener("drop", (event) => {
  const place = event.target.closest?.("[data-lg-drop]");
  if (!place) return;
  event.preventDefault();
  place.classList.remove("lg-drop-over");
  const input = place.querySelector("input[type=file]");
  if (input && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
});

// --- keyboard: "/" goes to the search ------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const search = [...document.querySelectorAll("[data-lg-search]")].find((field) => field.offsetParent);
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// --- phone: filters start folded, the list comes first --------------------------------------------

if (window.matchMedia("(max-width: 767.98px)").matches) {
  document.querySelectorAll("details.lg-fold").forEach((fold) => fold.removeAttribute("open"));
}

// --- focus: a refused form takes it to its summary ------------------------------------------------

function focusErrors(root) {
  const summary = root.matches?.("[data-lg-focus]") ? root : root.querySelector?.("[data-lg-focus]");
  summary?.focus();
}

document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.detail.elt));
focusErrors(document);

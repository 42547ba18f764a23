// The console without this file works; with it, it is quicker to use.
const root = document.documentElement;
root.classList.add("scripted");

for (const form of document.querySelectorAll("[data-submits-itself]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const isDark = getComputedStyle(root).colorScheme === "dark" ||
      (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
}

// Up and down go from row to row; Enter follows the row's link, as everywhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = event.target.closest("[data-rows] tbody tr");
  const isTable = event.target.matches(".table:has([data-rows])");
  if (!row && !isTable) return;
  let next = event.target.querySelector("tbody tr");
  if (row) next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  const link = next?.querySelector("a.row");
  if (link) {
    event.preventDefault();
    link.focus();
  }
});

// A delivery opens beside its list; with a modifier key its own page opens, as the link says.
const panel = document.getElementById("panel");
if (panel) {
  document.body.addEventListener("htmx:confirm", (event) => {
    const click = event.detail.triggeringEvent;
    if (click?.ctrlKey || click?.metaKey || click?.shiftKey) event.preventDefault();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "panel-body") panel.showModal();
  });
  panel.addEventListener("click", (event) => {
    if (event.target === panel) panel.close();
  });
}

// A trace that somebody is reading into does not change under their eyes.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (elt.id === "trace" && elt.querySelector("details[open]")) event.preventDefault();
});

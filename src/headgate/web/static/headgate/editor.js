// An editor that the server draws again: the keyboard stays where it makes sense, what is wrong goes
// by its label, and nobody leaves what is not saved without being asked.
let isUnsaved = false;
const CHANGES_NOTHING = /^(open|fold|redraw|simulate|preview|test)\b/;

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "editor") return;
  const deed = event.detail.requestConfig?.formData.get("_do") ?? "";
  if (!CHANGES_NOTHING.test(deed)) isUnsaved = canBeSaved();
  const wanted = document.getElementById("editor")?.dataset.focus;
  if (wanted) document.getElementById(wanted)?.focus();
  for (const search of document.querySelectorAll("[data-filters]")) narrow(search);
  nameFlaws();
});

function canBeSaved() {
  return document.querySelector("#editor .saves") !== null;
}

// The server names the place in the document; people know the control.
function nameFlaws() {
  for (const link of document.querySelectorAll("#editor .error.banner a[href^='#f-']")) {
    const control = document.getElementById(link.hash.slice(1));
    const label = control?.labels?.[0]?.textContent ?? control?.ariaLabel;
    if (label) link.textContent = label.trim();
  }
}
nameFlaws();

// Ticked ones stay in sight, so that nothing is added unseen.
function narrow(search) {
  const wanted = search.value.trim().toLocaleLowerCase();
  for (const label of document.querySelectorAll(`${search.dataset.filters} label`)) {
    const isTicked = label.querySelector("input").checked;
    label.hidden = !isTicked && !label.textContent.toLocaleLowerCase().includes(wanted);
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-filters]")) narrow(event.target);
  else if (event.target.closest?.("#editor")) isUnsaved = canBeSaved();
});
document.addEventListener("keydown", (event) => {
  // Enter in the search would draw the whole page again.
  if (event.key === "Enter" && event.target.matches?.("[data-filters]")) event.preventDefault();
});
document.addEventListener("submit", () => {
  isUnsaved = false;
});
window.addEventListener("beforeunload", (event) => {
  if (isUnsaved) event.preventDefault();
});

// An editor that the server draws again keeps the keyboard where it makes sense, and finds partners.
document.body.addEventListener("htmx:afterSettle", (event) => {
  const wanted = document.getElementById("editor")?.dataset.focus;
  if (event.detail.target.id === "editor" && wanted) document.getElementById(wanted)?.focus();
  for (const search of document.querySelectorAll("[data-filters]")) narrow(search);
});

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
});
document.addEventListener("keydown", (event) => {
  // Enter in the search would draw the whole page again.
  if (event.key === "Enter" && event.target.matches?.("[data-filters]")) event.preventDefault();
});

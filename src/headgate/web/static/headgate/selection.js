// Rows of a list are chosen for an act: how many are, all of the page at once, a run with Shift.
class RowSelection extends HTMLElement {
  connectedCallback() {
    this.boxes = [...this.querySelectorAll("tbody input[type=checkbox]")];
    this.all = this.querySelector("[data-selects-all]");
    this.shown = this.querySelector("[data-selected]");
    this.addEventListener("click", (event) => this.extend(event));
    this.addEventListener("change", (event) => {
      if (event.target === this.all) this.boxes.forEach((box) => { box.checked = this.all.checked; });
      this.say();
    });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
      const box = event.target.closest("tbody tr")?.querySelector("input[type=checkbox]");
      if (box) box.click();
    });
    this.say();
  }

  extend(event) {
    const at = this.boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && this.last >= 0) {
      const [from, to] = [Math.min(at, this.last), Math.max(at, this.last)];
      this.boxes.slice(from, to).forEach((box) => { box.checked = event.target.checked; });
    }
    this.last = at;
  }

  say() {
    const many = this.boxes.filter((box) => box.checked).length;
    this.shown.textContent = many;
    this.all.checked = many === this.boxes.length;
    this.all.indeterminate = many > 0 && !this.all.checked;
  }
}

customElements.define("row-selection", RowSelection);

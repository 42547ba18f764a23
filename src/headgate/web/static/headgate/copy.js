// Copies what is shown, where the browser allows it.
class CopyText extends HTMLElement {
  connectedCallback() {
    const text = this.querySelector("code");
    if (!navigator.clipboard || !text) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button plain";
    button.textContent = this.dataset.copy ?? "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent.trim());
      button.textContent = this.dataset.copied ?? "Copied";
    });
    this.append(" ", button);
  }
}

customElements.define("copy-text", CopyText);

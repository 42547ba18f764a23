// Says before a file is sent that it is too large, and that it is on its way once it is.
class UploadForm extends HTMLElement {
  connectedCallback() {
    const file = this.querySelector("input[type=file]");
    file.addEventListener("change", () => {
      const size = file.files[0]?.size ?? 0;
      file.setCustomValidity(size > Number(this.dataset.most) ? this.dataset.tooLarge : "");
      file.reportValidity();
    });
    this.querySelector("form").addEventListener("submit", () => {
      this.querySelector("[data-busy]").hidden = false;
    });
  }
}

customElements.define("upload-form", UploadForm);

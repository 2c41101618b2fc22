export class Session {
  #open = true;
  close(): void {
    this.#open = false;
  }
  get isOpen(): boolean {
    return this.#open;
  }
}

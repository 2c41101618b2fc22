// expect: always-true@9:19
class Page {
  constructor(readonly items: string[]) {}
  isComplete(): boolean {
    return this.items.length === 10;
  }
}

// @zcache when: "page.isComplete", key: "page:{page.items}"
export async function render(page: Page): Promise<string[]> {
  return page.items;
}

  }
}

// @zcache when: "page.isComplete", key: "page:{page.items}"
export async function render(page: Page): Promise<string[]> {
  return page.items;
}

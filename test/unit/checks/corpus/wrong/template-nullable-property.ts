// expect: possibly-undefined@7:26
interface Page {
  slug: string;
  parent: { slug: string } | null;
}

// @zcache key: "crumbs:{page.parent.slug}/{page.slug}"
export async function crumbs(page: Page): Promise<string[]> {
  return [page.parent?.slug ?? "", page.slug];
}

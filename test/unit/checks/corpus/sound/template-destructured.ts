// @zcache key: "posts:{author}:{page}:{sort.by}"
export async function posts({
  author,
  page = 1,
  sort,
}: {
  author: string;
  page?: number;
  sort: { by: string };
}): Promise<string[]> {
  return [`${author} ${page} ${sort.by}`];
}

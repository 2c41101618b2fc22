// @zcache key: "text:{labels.title}:{labels['sub-title']}"
export async function render(labels: Record<string, string>): Promise<string> {
  return `${labels["title"]} ${labels["sub-title"]}`;
}

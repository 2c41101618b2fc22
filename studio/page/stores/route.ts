import { signal } from "@preact/signals";

export const pageNames = [
  "now",
  "functions",
  "function",
  "key",
  "tags",
  "events",
  "flight",
] as const;
export type PageName = (typeof pageNames)[number];

/** `#/function?name=shop.prices.find` */
export interface Route {
  readonly page: PageName;
  readonly query: URLSearchParams;
}

export const route = signal<Route>(parseHash(location.hash));

export function parseHash(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const page = pageNames.find((name) => name === path) ?? "now";
  return { page, query: new URLSearchParams(query) };
}

export function hrefOf(
  page: PageName,
  query: Readonly<Record<string, string | null>> = {},
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null) parameters.set(name, value);
  const text = parameters.toString();
  return `#/${page}${text === "" ? "" : `?${text}`}`;
}

export function goTo(page: PageName, query: Readonly<Record<string, string | null>> = {}): void {
  location.hash = hrefOf(page, query);
}

export function followHash(): void {
  addEventListener("hashchange", () => {
    route.value = parseHash(location.hash);
  });
}

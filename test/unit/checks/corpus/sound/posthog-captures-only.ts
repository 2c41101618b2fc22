interface Analytics {
  identify(user: string): void;
  capture(event: string, properties: object): void;
}
declare function createAnalytics(key: string): Analytics;
declare const db: { one(id: number): Promise<string> };
const analytics = createAnalytics("key");

export function signIn(user: string): void {
  analytics.identify(user);
}

// @zcache ttl: 1m
export async function article(id: number): Promise<string> {
  analytics.capture("article", { id });
  return db.one(id);
}
